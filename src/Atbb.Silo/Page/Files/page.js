// The operator's page: asks for the runs now and then, and follows the one that is under way.

import { getIndex, getRun, listAiling, listHosts, listRuns, startRun } from "./api.js";
import { at, doing, say, sayOf, show, write } from "./dom.js";
import * as errors from "./errors.js";
import { follow } from "./live.js";
import * as now from "./now.js";
import * as repo from "./repo.js";
import * as list from "./runs.js";
import { told } from "./verdict.js";
import { isOver } from "./words.js";

// A run that somebody else starts is noticed this soon.
const lookEvery = 5000;
const page = 20;
// What is read by hand takes errors away, and is not a run that would be noticed.
const countAgainAfter = 30_000;

const runs = new Map();
let older = null;
let followed = null;
let stopFollowing = () => {};
let index = null;
// How many errors of a run stand open, where that was counted.
const open = new Map();
let countedFor = "";
let countedAt = 0;
let timer = 0;

const newestFirst = () => [...runs.values()].sort((a, b) => b.runId - a.runId);

async function look() {
    clearTimeout(timer);
    try {
        const answer = await listRuns(page);
        const isFirst = runs.size === 0;
        answer.runs.forEach(run => runs.set(run.runId, run));
        if (isFirst)
            older = answer.next;
        write(at("trouble"), "");
        show(at("ailing"), await listAiling(), sentence => sentence, write);
        followLatest();
        showAll();
        // Every silo is asked for them, and they are shown beside a run that is under way alone.
        const [latest] = newestFirst();
        if (latest && !isOver(latest))
            now.showAsked(await listHosts());
        index = await getIndex();
        showAll();
        await count();
    } catch (refusal) {
        complain(refusal);
    }
    clearTimeout(timer);
    timer = setTimeout(look, lookEvery);
}

function complain(refusal) {
    if (refusal.kind !== "token-needed")
        write(at("trouble"), `${refusal.message} What is shown is as it was. Asking again every few seconds.`);
    else if (!at("trouble").querySelector("a")) {
        const link = document.createElement("a");
        link.href = "/signin?to=/";
        link.textContent = "Sign in again";
        at("trouble").replaceChildren("Your sign-in has ended. ", link);
    }
}

function followLatest() {
    const [latest] = newestFirst();
    if (!latest || isOver(latest) || followed === latest.runId)
        return;
    stopFollowing();
    followed = latest.runId;
    stopFollowing = follow(latest.runId, changed, look);
}

function changed(run) {
    const before = runs.get(run.runId);
    runs.set(run.runId, run);
    open.delete(run.runId);
    if (isOver(run) && followed === run.runId)
        followed = null;
    showAll();
    // Not at every figure: whether the index is whole changes with a run's state.
    if (before?.status !== run.status)
        lookNow();
}

function showAll() {
    const all = newestFirst();
    if (all.length > 0)
        now.showRun(all[0]);
    list.showRuns(all, older !== null);
    errors.follow(all, run => open.get(run.runId) ?? run.recordsFailed);
    if (index === null)
        return;
    const [state, sentence] = told(index);
    at("verdict").dataset.state = state;
    write(at("verdict"), sentence);
}

/** Counts which errors of the latest runs that met any still stand open. */
async function count() {
    const met = newestFirst().filter(run => isOver(run) && run.recordsFailed > 0).slice(0, page);
    const key = met.map(run => run.runId).join();
    if (key === countedFor && Date.now() - countedAt < countAgainAfter)
        return;
    (await Promise.all(met.map(run => getRun(run.runId)))).forEach(run => open.set(run.runId, run.errorCount));
    [countedFor, countedAt] = [key, Date.now()];
    showAll();
}

/** Looks at once, since something was done. */
function lookNow() {
    countedFor = "";
    return look();
}

for (const button of document.querySelectorAll("[data-force]"))
    button.addEventListener("click", () => doing(button, at("start-said"), async () => {
        const dids = at("start-dids").value.split(/[\s,]+/).filter(did => did !== "");
        const answer = await startRun(button.dataset.force, dids);
        if (answer.outcome === "started") {
            at("start-dids").value = "";
            // What is said of the accounts is so for good.
            sayOf(at("start-said"), answer, answer.message, answer.message.replace(`Run ${answer.runId} is under way.`, "").trim());
        } else {
            // Nobody has noted the accounts, which the service says; without any its words are of addresses.
            say(at("start-said"), dids.length > 0 ? answer.message : "No run is needed: the live stream still replays from its cursor on.");
        }
        await lookNow();
    }));

now.begin(changed, repo.goTo);
list.begin(errors.goTo, () => doing(at("older"), at("older-said"), async () => {
    const answer = await listRuns(page, older);
    answer.runs.forEach(run => runs.set(run.runId, run));
    older = answer.next;
    list.tellOlder(answer.runs.length, older !== null);
    showAll();
}));
errors.begin(lookNow, repo.goTo);
repo.begin(() => Promise.all([lookNow(), errors.load()]));
at("repo-errors").addEventListener("click", event => event.target.dataset.did && repo.goTo(event.target.dataset.did));
look();
