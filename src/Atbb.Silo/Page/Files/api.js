// The admin HTTP. What it refuses is thrown as a Refusal, which says what to do.

const root = "/api/admin";

/** The address of the run's events. */
export const eventsOf = runId => `${root}/backfill/${runId}/events`;

export class Refusal extends Error {
    /** @param kind The problem's type without its prefix; "away" when there was no answer at all. */
    constructor(kind, message, problem = {}) {
        super(message);
        this.kind = kind;
        this.problem = problem;
    }
}

export const listRuns = (limit, before) => ask("GET", `/backfill?limit=${limit}${before ? `&before=${before}` : ""}`);
export const getRun = id => ask("GET", `/backfill/${id}`);
/** @param dids Accounts to read besides those that are known. */
export const startRun = (force, dids) => ask("POST", `/backfill${force ? `?force=${force}` : ""}`, dids.length > 0 ? { dids } : undefined);
/** @param change pause, resume, cancel or retry. */
export const changeRun = (id, change) => ask("POST", `/backfill/${id}/${change}`);
export const listErrors = (id, { limit, after, kind }) =>
    ask("GET", `/backfill/${id}/errors?limit=${limit}${after ? `&after=${after}` : ""}${kind ? `&kind=${encodeURIComponent(kind)}` : ""}`);
/** Whether the index is whole, and if not, why. */
export const getIndex = () => ask("GET", "/index");
/** The hosts that are asked now, the busiest first. */
export const listHosts = () => ask("GET", "/hosts");
export const getRepo = name => ask("GET", `/repos/${encodeURIComponent(name)}`);
export const syncRepo = name => ask("POST", `/repos/${encodeURIComponent(name)}/sync`);

/** What of this process, its database, its cluster and its run is not as it should be, as sentences. */
export async function listAiling() {
    const { checks } = await (await reach("/health/ready")).json();
    return Object.values(checks).filter(check => check.status !== "Healthy").map(check => check.description ?? check.status);
}

const reach = (path, request) => fetch(path, { ...request, cache: "no-store" }).catch(() => {
    throw new Refusal("away", "The service does not answer.");
});

async function ask(method, path, content) {
    const answer = await reach(root + path, {
        method,
        headers: { Accept: "application/json", ...(content && { "Content-Type": "application/json" }) },
        body: content && JSON.stringify(content),
    });
    const body = await answer.json().catch(() => null);
    if (answer.ok && body !== null)
        return body;
    const kind = String(body?.type ?? "").replace("urn:atbb:problem:", "") || "away";
    throw new Refusal(kind, wordsFor(kind, body) ?? body?.detail ?? `The service answered ${answer.status}.`, body ?? {});
}

// Where the problem's own words are for programs.
function wordsFor(kind, problem) {
    switch (kind) {
        case "token-needed": return "You have been signed out: sign in again.";
        case "run-unfinished": return `Run ${problem.runId} is not finished. Wait for it, or cancel it.`;
        case "run-has-ended": return "The run has ended by now.";
        case "no-such-repo": return "The index does not know this repository. By its DID, “Read it now” reads it.";
        case "ambiguous-handle": return `Several accounts claim this handle, which is not verified. Ask by DID: ${(problem.dids ?? []).join(", ")}`;
        default: return null;
    }
}
