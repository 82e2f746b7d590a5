// One repository: what is known of it, and reading it now.

import { getRepo, syncRepo } from "./api.js";
import { at, define, doing, make, say } from "./dom.js";
import { entryOf } from "./errors.js";
import { count, moment, number, until, withMoments } from "./words.js";

/** @param synced Called when one has been read. */
export function begin(synced) {
    const form = at("repo-form");
    const submit = form.querySelector("[type=submit]");
    form.addEventListener("submit", event => {
        event.preventDefault();
        look(submit);
    });
    at("sync").addEventListener("click", () => doing(at("sync"), at("repo-said"), async () => {
        await read();
        synced();
    }));
}

/** Looks a repository up, and goes there. */
export async function goTo(did) {
    at("repo-name").value = did;
    at("repo-title").focus();
    await look(at("repo-form").querySelector("[type=submit]"));
}

/** The name in the field: of a record's address that of its repository. */
function asked() {
    const name = at("repo-name").value.trim().replace(/^at:\/\/([^/?#]*).*$/is, "$1").replace(/^@/, "");
    if (name !== "")
        return name;
    at("repo-name").focus();
    throw new Error("A DID or a handle is needed.");
}

const look = button => doing(button, at("repo-said"), async () => {
    at("repo").hidden = true;
    const repo = await getRepo(asked());
    showRepo(repo);
    say(at("repo-said"), `${repo.handle ?? repo.did}: ${repo.status}, ${count(repo.openErrors, "open error", "open errors")}.`);
});

async function read() {
    at("repo").hidden = true;
    const name = asked();
    say(at("repo-said"), "Reading…");
    let answer;
    // One that is large is read in parts, so that no answer is waited for too long.
    do
        answer = await syncRepo(name);
    while (answer.outcome === "more");
    showRepo(answer.repo);
    say(at("repo-said"), withMoments(answer.message), answer.outcome === "completed" ? "done" : "refused");
}

function showRepo(repo) {
    at("repo").hidden = false;
    at("repo-did").textContent = repo.did;
    define(at("repo-figures"), [
        ["Handle (not verified)", repo.handle],
        ["Account", repo.status],
        ["PDS", repo.pds],
        ["Read to its end", moment(repo.syncedAt)],
        ["Rev", repo.rev],
        ["Last run", repo.runId === null ? null : `${repo.runId}${repo.isSettled ? "" : ", still at it"}`],
        ["Open errors", number(repo.openErrors)],
        ["Waits", repo.parked ? `${repo.parked.host ? `for ${repo.parked.host}: ` : ""}${repo.parked.reason}; next attempt ${until(repo.parked.nextAttemptAt)}` : null],
        ["Failures in a row", repo.attempts > 0 ? number(repo.attempts) : null],
        ["What last went wrong", repo.lastError],
    ]);
    const cursors = new Map(repo.cursors.map(cursor => [cursor.collection, cursor]));
    const rows = new Map(repo.rows.map(row => [row.collection, row.rows]));
    const collections = [...new Set([...rows.keys(), ...cursors.keys()])].sort();
    at("repo-collections").hidden = collections.length === 0;
    at("repo-collections").lastElementChild.replaceChildren(...collections.map(collection => make("li", { class: "row" },
        make("span", {}, collection),
        make("span", { class: "facts" }, `${count(rows.get(collection) ?? 0, "row", "rows")}${cursors.has(collection) ? `, ${cursors.get(collection).isComplete ? "read to its end" : "not read to its end"}` : ""}`))));
    at("repo-errors").hidden = repo.errors.length === 0;
    at("repo-errors").lastElementChild.replaceChildren(...repo.errors.map(entryOf));
}
