// Figures and names as the page says them.

const numbers = new Intl.NumberFormat("en");
const moments = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });

const types = { catch_up: "catch-up", full_sync: "full sync", retry: "retry" };
const states = { in_progress: "in progress" };

export const number = value => numbers.format(value);
export const count = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
export const moment = text => text ? moments.format(new Date(text)) : "–";
export const typeOf = run => run.retryOf ? `retry of run ${run.retryOf}` : types[run.type] ?? run.type;
export const stateOf = run => states[run.status] ?? run.status;
export const isOver = run => !["in_progress", "paused"].includes(run.status);
/** A sentence of the service with its times as the page says them. */
export const withMoments = sentence => sentence.replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, moment);
/** A name of the field in snake case. */
export const plain = name => name.replaceAll("_", " ");

export function duration(seconds) {
    if (seconds < 1)
        return "under 1 s";
    if (seconds < 90)
        return `${Math.round(seconds)} s`;
    if (seconds < 90 * 60)
        return `${Math.round(seconds / 60)} min`;
    return seconds < 48 * 3600 ? `${number(Math.round(seconds / 360) / 10)} h` : `${Math.round(seconds / 86400)} days`;
}

export function bytes(value) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    for (; value >= 1000 && unit < units.length - 1; unit++)
        value /= 1000;
    return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** How long it is until a moment. */
export function until(text) {
    const seconds = (new Date(text) - Date.now()) / 1000;
    return seconds < 1 ? "now" : `in ${duration(seconds)}`;
}
