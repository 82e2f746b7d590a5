// A run as it changes, by server-sent events.

import { eventsOf } from "./api.js";

const comeBackAfter = 2000;

/**
 * Follows a run until it has ended.
 * @param changed Called with the whole run at every change.
 * @param broken Called when the stream broke; it is asked for again.
 * @returns Stops following.
 */
export function follow(runId, changed, broken) {
    let source, timer;
    const stop = () => {
        clearTimeout(timer);
        source.close();
    };
    const open = () => {
        source = new EventSource(eventsOf(runId));
        source.addEventListener("progress", event => changed(JSON.parse(event.data)));
        source.addEventListener("end", event => {
            stop();
            changed(JSON.parse(event.data));
        });
        source.onerror = () => {
            // A browser comes back to a connection that broke, and not to an answer that was a refusal.
            if (source.readyState === EventSource.CLOSED)
                timer = setTimeout(open, comeBackAfter);
            broken();
        };
    };
    open();
    return stop;
}
