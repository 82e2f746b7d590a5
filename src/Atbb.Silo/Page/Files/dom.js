// The little that the page needs of a view library. Every text goes in as text: records and servers are strangers'.

export const at = id => document.getElementById(id);

/** Makes an element of its attributes and its children, which are elements or texts. */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
        if (value !== null && value !== undefined)
            element.setAttribute(name, value);
    element.append(...children.filter(child => child !== null));
    return element;
}

/** Writes a text where it has changed: what is written again is read out again. */
export function write(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
}

const saidOfRuns = new Map();

/** Says what came of something, where a screen reader hears it. */
export function say(output, text, state = "done") {
    saidOfRuns.delete(output);
    output.dataset.state = state;
    write(output, text);
}

/** Says something of a run, for as long as it is so. @param lasting What of it stays so. */
export function sayOf(output, { runId, status }, text, lasting = "") {
    say(output, text);
    saidOfRuns.set(output, { runId, status, text, lasting });
}

/** Takes back what was said of a run and is no longer so. */
export function takeBack(latest) {
    // Answers overtake each other: what is so after all is said again.
    for (const [output, { runId, status, text, lasting }] of saidOfRuns)
        write(output, runId > latest.runId || (runId === latest.runId && status === latest.status) ? text : lasting);
}

/**
 * Makes a list show its items, and leaves alone the entries that stay: the focus may be in one of them.
 * @param fill Brings an entry up to date.
 */
export function show(list, items, keyOf, fill) {
    const old = new Map([...list.children].map(entry => [entry.dataset.key, entry]));
    const entries = items.map(item => {
        const key = String(keyOf(item));
        const entry = old.get(key) ?? make("li", { "data-key": key });
        old.delete(key);
        fill(entry, item);
        return entry;
    });
    old.forEach(entry => {
        // Who stood on what has gone goes on from its section's heading, and not from the top of the page.
        if (entry.contains(document.activeElement))
            list.closest("section").querySelector("h2").focus();
        entry.remove();
    });
    entries.forEach((entry, i) => {
        if (list.children[i] !== entry)
            list.insertBefore(entry, list.children[i] ?? null);
    });
}

// What is longer takes a line of its own.
const longest = 40;

/** Fills a list of terms; those without a value are left out. */
export function define(list, pairs) {
    const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
    const old = new Map([...list.children].map(pair => [pair.dataset.key, pair]));
    const shown = given.map(([term, value]) => {
        const pair = old.get(term) ?? make("div", { "data-key": term }, make("dt", {}, term), make("dd", { class: "hostile" }));
        write(pair.lastChild, String(value));
        pair.classList.toggle("wide", String(value).length > longest);
        return pair;
    });
    if (shown.length !== list.children.length || shown.some((pair, i) => list.children[i] !== pair))
        list.replaceChildren(...shown);
}

/** Does what a button is for, once at a time, and says why it was refused. */
export async function doing(button, output, work) {
    if (button.getAttribute("aria-busy") === "true")
        return;
    // Not disabled: that would take the focus away.
    button.setAttribute("aria-busy", "true");
    try {
        await work();
    } catch (refusal) {
        say(output, refusal.message, "refused");
    } finally {
        button.removeAttribute("aria-busy");
    }
}
