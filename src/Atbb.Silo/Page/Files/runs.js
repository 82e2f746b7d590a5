// The runs, the newest first.

import { at, make, say, show, write } from "./dom.js";
import { count, duration, isOver, moment, number, stateOf, typeOf } from "./words.js";

/** @param errorsOf Shows a run's errors. @param older Asks for older runs. */
export function begin(errorsOf, older) {
    at("runs").addEventListener("click", event => event.target.dataset.run && errorsOf(event.target.dataset.run));
    at("older").addEventListener("click", older);
}

/** Says how many older runs have come. @param hasMore Whether there are others yet. */
export function tellOlder(came, hasMore) {
    say(at("older-said"), came === 0 ? "There are no older runs." : `${count(came, "older run is", "older runs are")} shown${hasMore ? "" : ", and there are no others"}.`);
}

/** Shows runs. @param hasOlder Whether there are more of them. */
export function showRuns(runs, hasOlder) {
    at("no-runs").hidden = runs.length > 0;
    const hadFocus = at("older") === document.activeElement;
    at("older").hidden = !hasOlder;
    // Who stood on it goes on from what is said in its place, and not from the top of the page.
    if (!hasOlder && hadFocus)
        at("older-said").focus();
    show(at("runs"), runs, run => run.runId, (entry, run) => {
        if (!entry.firstChild)
            entry.append(
                make("p", { class: "row" },
                    make("span", {}, make("b", {}, `Run ${run.runId}`), ` ${typeOf(run)} `, make("span", { class: "badge" })),
                    make("button", { type: "button", class: "link", "data-run": run.runId }, `Errors of run ${run.runId}`)),
                make("p", { class: "facts" }));
        const badge = entry.querySelector(".badge");
        badge.dataset.state = run.status;
        write(badge, stateOf(run));
        entry.querySelector("button").hidden = run.recordsFailed === 0;
        write(entry.lastChild, factsOf(run));
    });
}

const factsOf = run => [
    moment(run.startedAt),
    isOver(run) && run.wallSeconds !== null ? `took ${duration(run.wallSeconds)}` : null,
    `${number(run.didsDone)} of ${count(run.didsTotal, "repository", "repositories")}`,
    `${number(run.recordsIndexed)} new, ${number(run.recordsUpdated)} updated, ${number(run.recordsUnchanged)} unchanged, ${number(run.recordsDeleted)} removed`,
    run.recordsFailed > 0 ? `${count(run.recordsFailed, "error", "errors")} met` : null,
].filter(fact => fact !== null).join(" · ");
