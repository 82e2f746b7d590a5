// Keeps the page's figures as they are now. Without it the page shows them as they were when it was asked for.
const section = document.getElementById("backfill");
const bar = section.querySelector("progress");

new EventSource(section.dataset.events).onmessage = event => {
    const view = JSON.parse(event.data);
    for (const place of section.querySelectorAll("[data-field]")) {
        const text = view[place.dataset.field];
        // What has not changed is not written: a screen reader would read it out again.
        if (place.textContent !== text)
            place.textContent = text;
    }
    bar.max = view.total;
    bar.value = view.done;
    bar.hidden = !view.isRunning;
};
