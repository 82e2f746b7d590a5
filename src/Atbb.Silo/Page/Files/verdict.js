// Is the index whole? The service judges, and this says it.

import { moment } from "./words.js";

const states = { whole: "whole", reading: "busy", lacking: "lacking" };

/**
 * @param index The service's answer.
 * @returns The state, for the eye, and the words.
 */
export const told = index =>
    [states[index.verdict] ?? "unknown", index.verdict === "whole" ? `${index.message} That was ${moment(index.fullSyncAt)}.` : index.message];
