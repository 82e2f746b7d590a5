// What of a run is not in the index, by kind, page by page.

import { changeRun, listErrors } from "./api.js";
import { at, doing, make, say, sayOf, write } from "./dom.js";
import { count, isOver, moment, number, plain, typeOf } from "./words.js";

const page = 50;
const most = 1000;
// A run with more errors than this has one cause, and its kind is among these.
const pagesCounted = 10;
const byHand = "0";
// A run that meets errors says so with every figure: its list is read no more often than so, in milliseconds.
const rest = 2000;

let isChosen = false;
let pages = 0;
let next = null;
let shownFor = "";
let isRefused = false;
let restsUntil = 0;
let waiting = null;

/** @param started Called with the answer to a retry. @param lookUp Shows one repository. */
export function begin(started, lookUp) {
    at("of-run").addEventListener("change", () => {
        isChosen = true;
        at("of-kind").value = "";
        load();
    });
    at("of-kind").addEventListener("change", () => load());
    at("more-errors").addEventListener("click", () => doing(at("more-errors"), at("errors-said"), more));
    at("retry").addEventListener("click", () => doing(at("retry"), at("errors-said"), async () => {
        const answer = await changeRun(at("of-run").value, "retry");
        if (answer.outcome === "started")
            sayOf(at("errors-said"), answer, answer.message);
        else
            say(at("errors-said"), answer.message);
        started(answer);
    }));
    at("errors").addEventListener("click", event => event.target.dataset.did && lookUp(event.target.dataset.did));
}

/** Goes to a run's errors. */
export async function goTo(runId) {
    isChosen = true;
    at("of-run").value = runId;
    at("of-kind").value = "";
    at("errors-title").focus();
    await load();
}

/**
 * Brings the choice of runs up to date, and the errors of the run that is shown if they have become more or fewer.
 * @param openOf How many errors of a run stand open, as far as is known.
 */
export function follow(runs, openOf) {
    const select = at("of-run");
    const choices = [...runs.map(run => [String(run.runId), `run ${run.runId}, ${typeOf(run)}`]), [byHand, "what was read by hand"]];
    const chosen = isChosen ? select.value : String((runs.find(run => openOf(run) > 0) ?? runs[0])?.runId ?? byHand);
    if (choices.map(([id]) => id).join() !== [...select.options].map(option => option.value).join()) {
        select.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
        select.value = chosen;
    }
    select.value = chosen;

    const run = runs.find(one => String(one.runId) === chosen);
    at("retry").hidden = !run || !isOver(run) || openOf(run) === 0;
    // Later runs take errors away from earlier ones: what was shown may be out of date with any of them.
    const state = `${chosen} ${run ? openOf(run) : 0}`;
    const isLeftAlone = pages <= 1 && !at("errors").contains(document.activeElement);
    // Of runs as they were: these are later.
    clearTimeout(waiting);
    if (state === shownFor)
        return;
    if (!shownFor.startsWith(`${chosen} `) || (isLeftAlone && Date.now() >= restsUntil)) {
        shownFor = state;
        load();
    } else if (isLeftAlone) {
        waiting = setTimeout(() => follow(runs, openOf), Math.min(rest, restsUntil - Date.now()));
    }
}

/** Reads the errors afresh. */
export async function load() {
    const runId = at("of-run").value;
    const kind = at("of-kind").value;
    // Till it is here, and then the rest.
    restsUntil = Infinity;
    try {
        const [answer, kinds] = await Promise.all([listErrors(runId, { limit: page, kind }), tally(runId)]);
        // Another choice was made meanwhile, and has an answer of its own.
        if (runId !== at("of-run").value || kind !== at("of-kind").value)
            return;
        offer(kinds, kind);
        at("errors").replaceChildren();
        pages = 0;
        take(answer);
        at("no-errors").hidden = answer.errors.length > 0;
        if (isRefused)
            say(at("errors-said"), "");
        isRefused = false;
    } catch (refusal) {
        say(at("errors-said"), refusal.message, "refused");
        isRefused = true;
        // What is shown is of before: it is asked for again.
        shownFor = `${runId} not known`;
    } finally {
        restsUntil = Date.now() + rest;
    }
}

async function more() {
    const last = at("errors").lastElementChild;
    take(await listErrors(at("of-run").value, { limit: page, kind: at("of-kind").value, after: next }));
    // The button may have gone; whoever pressed it reads on where the new ones begin.
    last?.nextElementSibling?.focus();
}

function take(answer) {
    pages++;
    next = answer.next;
    at("errors").append(...answer.errors.map(entryOf));
    at("more-errors").hidden = next === null;
}

async function tally(runId) {
    const kinds = new Map();
    let after = null, isWhole = false;
    for (let i = 0; i < pagesCounted && !isWhole; i++) {
        const answer = await listErrors(runId, { limit: most, after });
        for (const error of answer.errors)
            kinds.set(error.kind, (kinds.get(error.kind) ?? 0) + 1);
        after = answer.next;
        isWhole = after === null;
    }
    return { kinds, isWhole };
}

function offer({ kinds, isWhole }, chosen) {
    const figure = value => isWhole ? number(value) : `${number(value)} or more`;
    const all = [...kinds.values()].reduce((a, b) => a + b, 0);
    const choices = [["", `all (${figure(all)})`], ...[...kinds].sort((a, b) => b[1] - a[1]).map(([kind, value]) => [kind, `${plain(kind)} (${figure(value)})`])];
    if (chosen && !kinds.has(chosen))
        choices.push([chosen, `${plain(chosen)} (0)`]);
    const select = at("of-kind");
    if (choices.join() !== [...select.options].map(option => [option.value, option.textContent]).join())
        select.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
    select.value = chosen;
}

/** One error, as an entry of a list. */
export function entryOf(error) {
    return make("li", { tabindex: "-1" },
        make("p", { class: "row" },
            make("span", {}, make("span", { class: "badge", "data-state": "error" }, plain(error.kind)), error.collection ? ` ${error.collection}` : ""),
            make("span", { class: "facts" }, `${moment(error.createdAt)}${error.attempts > 1 ? ` · ${count(error.attempts, "attempt", "attempts")}` : ""}`)),
        make("p", { class: "hostile" }, error.message),
        error.uri ? make("p", { class: "uri hostile" }, error.uri) : null,
        error.did ? make("p", {}, make("button", { type: "button", class: "link did", "data-did": error.did, title: "Look it up" }, error.did)) : null);
}
