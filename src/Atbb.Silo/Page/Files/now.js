// The run that is under way, or the one that was last.

import { changeRun } from "./api.js";
import { at, define, doing, make, say, sayOf, show, takeBack, write } from "./dom.js";
import { bytes, count, duration, isOver, moment, number, stateOf, typeOf, until } from "./words.js";

const pageTitle = document.title;
let shown = null;

/** @param changed Called with the run after a button has changed it. @param lookUp Shows one repository. */
export function begin(changed, lookUp) {
    const change = (button, what) => doing(button, at("now-said"), async () => {
        const run = await changeRun(shown.runId, what);
        sayOf(at("now-said"), run, `Run ${run.runId} is ${stateOf(run)}.`);
        changed(run);
    });
    at("pause").addEventListener("click", () => change(at("pause"), shown.status === "paused" ? "resume" : "pause"));
    at("cancel").addEventListener("click", () => at("cancel-dialog").showModal());
    at("cancel-dialog").addEventListener("close", () => {
        if (at("cancel-dialog").returnValue === "cancel")
            change(at("cancel"), "cancel");
        at("cancel-dialog").returnValue = "";
    });
    for (const list of [at("waiting"), at("reading")])
        list.addEventListener("click", event => event.target.dataset.did && lookUp(event.target.dataset.did));
}

/** Shows a run. */
export function showRun(run) {
    if (shown && shown.runId !== run.runId)
        say(at("now-said"), "");
    shown = run;
    takeBack(run);
    const over = isOver(run);
    at("now").hidden = false;
    write(at("now-title"), `Run ${run.runId}: ${typeOf(run)}, ${stateOf(run)}`);
    document.title = `${stateOf(run)}${over || run.didsTotal === 0 ? "" : ` ${Math.floor(100 * run.didsDone / run.didsTotal)} %`} – ${pageTitle}`;
    write(at("pause"), run.status === "paused" ? "Resume" : "Pause");
    showControls(!over);
    showBar(run, over);
    define(at("figures"), figuresOf(run, over));
    at("now-error").hidden = !run.lastError;
    write(at("now-error").lastElementChild, run.lastError ?? "");
    showHosts(run);
    // Those are looked up now and then, and not at every figure.
    if (over)
        showAsked({ hosts: [], silosSilent: 0 });
    showWaiting(run);
    showPart(at("reading"), run.reading.length > 0);
    show(at("reading").querySelector("ul"), run.reading, did => did, (entry, did) => entry.firstChild ?? entry.append(didButton(did)));
}

function showControls(isShown) {
    // First: it gives the focus back to its button.
    if (!isShown && at("cancel-dialog").open)
        at("cancel-dialog").close();
    showPart(at("now-controls"), isShown);
}

function showPart(part, isShown) {
    const hadFocus = part.contains(document.activeElement);
    part.hidden = !isShown;
    // Who stood on what has gone goes on from its heading, and not from the top of the page.
    if (!isShown && hadFocus)
        at("now-title").focus();
}

function showBar(run, over) {
    const bar = at("bar");
    bar.hidden = over;
    if (run.didsTotal > 0) {
        bar.max = run.didsTotal;
        bar.value = run.didsDone;
    } else {
        bar.removeAttribute("value");
    }
}

const figuresOf = (run, over) => [
    ["Phase", over ? null : run.phase === 1 ? "1 of 2: the forum’s repository" : "2 of 2: members’ repositories"],
    ["Repositories", run.didsTotal > 0 ? `${number(run.didsDone)} of ${number(run.didsTotal)}` : over ? number(run.didsDone) : "not counted yet"],
    ["Rate", `${number(Math.round(run.recordsPerSecond))} records/s`],
    ["Time left", over ? null : run.status === "paused" ? "paused" : run.secondsRemaining === null || run.secondsRemaining === undefined ? "not known yet" : `about ${duration(run.secondsRemaining)}`],
    ["Took", over && run.wallSeconds !== null ? duration(run.wallSeconds) : null],
    ["New records", number(run.recordsIndexed)],
    ["Updated", number(run.recordsUpdated)],
    ["Unchanged", number(run.recordsUnchanged)],
    ["Removed", number(run.recordsDeleted)],
    ["Errors met", number(run.recordsFailed)],
    ["Being read", over ? null : count(run.inFlight, "repository", "repositories")],
    ["Waiting", over ? null : count(run.deferred, "repository", "repositories")],
    ["Network", `${count(run.requests, "request", "requests")}, ${bytes(run.bytes)}`],
    ["Started", moment(run.startedAt)],
    ["Ended", over ? moment(run.finishedAt) : null],
];

function showHosts(run) {
    at("hosts").hidden = run.hosts.length === 0;
    show(at("hosts").querySelector("ul"), run.hosts, waited => waited.host, (entry, waited) => {
        if (!entry.firstChild)
            entry.append(
                make("p", { class: "row" }, make("b", { class: "hostile" }, waited.host), make("span", { class: "facts" })),
                make("p", { class: "hostile" }));
        write(entry.querySelector(".facts"), `${count(waited.repos, "repository", "repositories")}, the first ${until(waited.nextAttemptAt)}`);
        write(entry.lastChild, waited.reason);
    });
}

/** Shows the hosts that are asked, while a run is at it. */
export function showAsked({ hosts, silosSilent }) {
    const asked = shown && !isOver(shown) ? hosts : [];
    at("asked").hidden = asked.length === 0;
    write(at("asked-less"), silosSilent > 0 ? `Without what ${count(silosSilent, "silo", "silos")} did not tell.` : "");
    show(at("asked").querySelector("ul"), asked, host => host.host, (entry, host) => {
        if (!entry.firstChild)
            entry.append(make("p", { class: "row" }, make("b", { class: "hostile" }, host.host), make("span", { class: "facts" })));
        write(entry.querySelector(".facts"), [
            `${count(host.underWay, "request", "requests")} under way`,
            host.waiting > 0 ? `${number(host.waiting)} waiting` : null,
            `${number(host.requestsLastMinute)} in the last minute`,
            host.allowanceLeft === null || host.allowanceLeft === undefined ? null : `${number(host.allowanceLeft)} left by its own word`,
            host.restsUntil ? `rests, asked again ${until(host.restsUntil)}` : null,
        ].filter(fact => fact !== null).join(", "));
    });
}

function showWaiting(run) {
    showPart(at("waiting"), run.waiting.length > 0);
    write(at("waiting").querySelector("summary"), `Waiting: ${count(run.deferred, "repository", "repositories")}`);
    write(at("waiting-more"), run.deferred > run.waiting.length ? `The first ${run.waiting.length} of ${number(run.deferred)}.` : "");
    show(at("waiting").querySelector("ul"), run.waiting, parked => parked.did, (entry, parked) => {
        if (!entry.firstChild)
            entry.append(
                make("p", { class: "row" }, didButton(parked.did), make("span", { class: "facts" })),
                make("p", { class: "hostile" }));
        write(entry.querySelector(".facts"), !parked.host && parked.attempts === 0 ? "" : `${parked.host ? `for ${parked.host}, ` : ""}next attempt ${until(parked.nextAttemptAt)}${parked.attempts > 0 ? `, ${count(parked.attempts, "failure", "failures")} so far` : ""}`);
        write(entry.lastChild, parked.reason);
    });
}

const didButton = did => make("button", { type: "button", class: "link did", "data-did": did, title: "Look it up" }, did);
