// A draft of what was typed stays on this device for a week: texts and choices, never names, phones or e-mails. It is
// erased when what it was for has arrived. Where there is no connection, sending waits with a sentence.
(() => {
  "use strict";
  const words = document.body.dataset;
  const WEEK = 7 * 864e5;
  const keep = (action, key, value) => {
    try {
      return localStorage[action]("draft:" + key, value);
    } catch {
      return null;
    }
  };
  const read = (key) => {
    try {
      const draft = JSON.parse(keep("getItem", key));
      if (draft && Date.now() - draft.at < WEEK) return draft;
    } catch {
      // unreadable: as if there were none
    }
    keep("removeItem", key);
    return null;
  };
  for (const done of document.querySelectorAll("[data-clear-draft]")) {
    const draft = done.dataset.unless && read(done.dataset.clearDraft); // who joined one question may have written others
    if (!draft || !(draft.values[done.dataset.unless] || "").trim()) keep("removeItem", done.dataset.clearDraft);
  }
  const when = (at) => {
    const date = new Date(at);
    const two = (number) => String(number).padStart(2, "0");
    const day = `${two(date.getDate())}/${two(date.getMonth() + 1)}`;
    if (document.documentElement.lang !== "vi") return `${two(date.getHours())}:${two(date.getMinutes())} on ${day}`;
    return `${date.getHours()} giờ ${two(date.getMinutes())} ngày ${day}`;
  };
  const notice = (form, place, kind, sentence, ...more) => {
    form.querySelectorAll(".draft-note").forEach((old) => old.remove());
    const note = document.createElement("div");
    note.className = "note draft-note tone-" + kind;
    note.setAttribute("role", kind === "bad" ? "alert" : "status");
    const text = document.createElement("div");
    text.textContent = sentence;
    note.append(text, ...more);
    place.before(note);
    return note;
  };

  for (const form of document.querySelectorAll("form[data-draft-key]")) {
    const key = form.dataset.draftKey;
    const stampOf = () => form.elements.namedItem(form.dataset.draftStamp || "");
    const parts = () => [...form.querySelectorAll("textarea[name], select[name], input[type=radio]")];
    const texts = () => parts().filter((part) => part.matches("textarea"));
    let waiting;
    const save = (more) => {
      clearTimeout(waiting);
      const values = {};
      for (const part of parts()) if (part.type !== "radio" || part.checked) values[part.name] = part.value;
      const typed = texts().some((area) => area.value.trim());
      keep(typed ? "setItem" : "removeItem", key, JSON.stringify({ at: Date.now(), values, ...more }));
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, 400);
    });
    form.querySelectorAll("[data-draft-hint]").forEach((hint) => (hint.hidden = false));

    // Before app.js sees it, so that the button stays ready.
    form.addEventListener("submit", (event) => {
      const stamp = stampOf();
      save({ sentAt: Date.now(), stamp: stamp ? stamp.value : "" });
      if (navigator.onLine === false && form.dataset.offline) {
        event.preventDefault();
        save();
        const pressed = event.submitter && event.submitter.closest(".actions"); // where the eyes are
        const place = pressed || form.querySelector(":scope > .actions") || form.firstChild;
        notice(form, place, "bad", form.dataset.offline).scrollIntoView({ block: "nearest" });
      }
    });
    addEventListener("online", () => form.querySelectorAll(".draft-note.tone-bad").forEach((note) => note.remove()));

    const restore = (draft) => {
      for (const name of Object.keys(draft.values)) {
        document.dispatchEvent(new CustomEvent("draft:needs", { detail: name }));
      }
      for (const part of parts()) {
        if (!(part.name in draft.values)) continue;
        if (part.type === "radio") part.checked = part.value === draft.values[part.name];
        else part.value = draft.values[part.name];
        if (part.matches("select") && part.selectedIndex < 0) part.selectedIndex = 0;
        if (part.matches("textarea")) part.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
      }
      // The key of the sending that may have arrived after all: sent again it gives the same codes.
      const stamp = stampOf();
      if (stamp && draft.stamp) stamp.value = draft.stamp;
    };
    const offerDiscard = (draft) => {
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-quiet btn-small";
      drop.textContent = words.discard;
      const sentence = draft.sentAt && form.dataset.unsent ? form.dataset.unsent : form.dataset.restored || words.restored;
      const note = notice(form, form.firstChild, "info", sentence.replace("#", when(draft.sentAt || draft.at)), drop);
      drop.addEventListener("click", () => {
        clearTimeout(waiting);
        keep("removeItem", key);
        form.reset();
        form.querySelectorAll("[data-take-matter-away]").forEach((button) => button.click());
        clearTimeout(waiting);
        texts().forEach((area) => area.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true })));
        note.remove();
        texts()[0].focus();
      });
    };
    // What came back with a sentence is typed text like any other: it did get through.
    if (form.querySelector(".error-summary, [data-focus-first]")) save();
    const draft = read(key);
    if (!draft || texts().some((area) => area.value)) continue;
    restore(draft);
    offerDiscard(draft);
  }
})();
