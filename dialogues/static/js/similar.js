// The ask page: public questions like the one being written appear below it after a pause. Without this file a button
// shows them on a page of their own. A line of its own instead of htmx, which weighs more than the page.
(() => {
  "use strict";
  const area = document.querySelector("textarea[data-similar]");
  const place = document.getElementById("similar");
  if (!area || !place) return;

  const form = area.form;
  const typed = () => ["text", "field", "village"].map((name) => form.elements.namedItem(name).value).join("\n");
  let waiting, asked;
  let last = typed();
  const look = async () => {
    if (typed() === last || navigator.onLine === false) return;
    last = typed();
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(area.dataset.similar, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "HX-Request": "true" },
        signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) return;
      const piece = document.createElement("template");
      piece.innerHTML = await answer.text();
      place.replaceChildren(...piece.content.querySelector("#similar").childNodes);
    } catch {
      // typed on meanwhile, or the line broke: the next pause looks again
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 900);
  });
})();
