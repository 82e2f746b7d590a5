// Is the index whole? One sentence.

import { count, isOver, moment } from "./words.js";

/** The latest run that has set out to read everything: a retry reads only what had failed. */
const reading = runs => runs.find(run => run.type !== "retry");

/**
 * @param runs The runs, the newest first.
 * @param missing How many errors stand open, of everything since all was last read; null while that is not known.
 * @returns The state, for the eye, and the sentence.
 */
export function judge(runs, missing) {
    const [latest] = runs;
    if (!latest)
        return ["lacking", "The index is not whole: nothing has been read yet. A full sync reads everything."];
    if (latest.status === "paused")
        return ["lacking", `Run ${latest.runId} is paused: the index may lack records until it is resumed and has ended.`];
    if (!isOver(latest))
        return ["busy", `Run ${latest.runId} is reading: the index may lack records until it has ended.`];

    const last = reading(runs);
    if (!last)
        return ["lacking", "Whether the index is whole is not known: none of the latest runs has read everything."];
    if (last.status !== "completed")
        return ["lacking", `The index may lack records: run ${last.runId} ${last.status === "failed" ? "has failed" : "was cancelled"} before its end.`];
    if (missing === null)
        return ["unknown", `Run ${last.runId} has read everything. Counting what is missing…`];
    return missing === 0
        ? ["whole", `The index is whole${last.didsLeftOut > 0 ? ` but for ${count(last.didsLeftOut, "repository", "repositories")} that your settings leave out` : ""}: run ${last.runId} has read everything to its end, ${moment(last.finishedAt)}.`]
        : ["lacking", `The index is whole but for ${count(missing, "error", "errors")}, listed below.`];
}
