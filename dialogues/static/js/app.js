// Residents' pages: small comforts. Everything works without this file.
(() => {
  "use strict";
  const words = document.body.dataset;
  document.querySelectorAll("[data-print]").forEach((button) => (button.hidden = false));

  // One click is one send. The button stays focusable and says what is going on.
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[data-was]")) {
      button.textContent = button.dataset.was;
      button.removeAttribute("data-was");
      button.removeAttribute("aria-disabled");
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("button:not([type=button])");
    setTimeout(() => {
      if (!button) return;
      button.dataset.was = button.textContent.trim();
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy || words.busy || button.dataset.was;
    });
    setTimeout(() => release(form), 20000);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });

  // Characters left, counted as the server counts them.
  const count = (area) => {
    const out = document.getElementById(area.id + "-counter");
    if (!out) return;
    const left = Number(area.dataset.counter) - [...area.value.normalize("NFC")].length;
    const number = Math.abs(left).toLocaleString(document.documentElement.lang);
    out.textContent = (left < 0 ? words.over : words.left).replace("#", number);
    out.classList.toggle("is-over", left < 0);
    out.setAttribute("aria-live", left < 50 ? "polite" : "off");
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches("textarea[data-counter]")) count(event.target);
  });
  document.querySelectorAll("textarea[data-counter]").forEach((area) => area.value && count(area));

  // The day in words below a date field: a weekday shows a slip that figures hide.
  const sayDay = (input) => {
    const out = document.getElementById(input.id + "-words") || document.createElement("output");
    if (!out.id) {
      Object.assign(out, { id: input.id + "-words", className: "hint" });
      out.setAttribute("for", input.id);
      input.after(out);
    }
    const [year, month, day] = input.value.split("-").map(Number);
    const written = { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" };
    const words = new Intl.DateTimeFormat(document.documentElement.lang === "vi" ? "vi" : "en-GB", written);
    out.textContent = day ? words.format(new Date(year, month - 1, day)) : "";
    out.hidden = !day;
  };
  const sayDays = (root) => root.querySelectorAll("input[type=date][id]").forEach((one) => one.value && sayDay(one));
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => event.target.matches("input[type=date][id]") && sayDay(event.target));
  }
  document.addEventListener("htmx:afterSettle", (event) => sayDays(event.target));
  sayDays(document);

  // A draft of what was typed stays on this device for a week: texts and choices, never names or phone numbers.
  const keep = (action, key, value) => {
    try {
      return localStorage[action]("draft:" + key, value);
    } catch {
      return null;
    }
  };
  for (const done of document.querySelectorAll("[data-clear-draft]")) keep("removeItem", done.dataset.clearDraft);
  for (const form of document.querySelectorAll("form[data-draft-key]")) {
    const key = form.dataset.draftKey;
    const parts = [...form.querySelectorAll("textarea[name], select[name], input[type=radio]")];
    const texts = parts.filter((part) => part.matches("textarea"));
    let waiting;
    const save = () => {
      const values = {};
      for (const part of parts) if (part.type !== "radio" || part.checked) values[part.name] = part.value;
      const typed = texts.some((area) => area.value.trim());
      keep(typed ? "setItem" : "removeItem", key, JSON.stringify({ at: Date.now(), values }));
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, 400);
    });
    let draft = null;
    try {
      draft = JSON.parse(keep("getItem", key));
    } catch {
      keep("removeItem", key);
    }
    if (!draft || texts.some((area) => area.value)) continue;
    if (Date.now() - draft.at > 7 * 864e5) {
      keep("removeItem", key);
      continue;
    }
    for (const part of parts) {
      if (!(part.name in draft.values)) continue;
      if (part.type === "radio") part.checked = part.value === draft.values[part.name];
      else part.value = draft.values[part.name];
      if (part.matches("select") && part.selectedIndex < 0) part.selectedIndex = 0;
    }
    texts.forEach(count);
    const note = document.createElement("div");
    note.className = "note tone-info draft-note";
    note.setAttribute("role", "status");
    const text = document.createElement("div");
    text.textContent = words.restored;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-quiet btn-small";
    drop.textContent = words.discard;
    drop.addEventListener("click", () => {
      clearTimeout(waiting);
      keep("removeItem", key);
      form.reset();
      texts.forEach(count);
      note.remove();
      texts[0].focus();
    });
    note.append(text, drop);
    form.prepend(note);
  }

  // After a refused form the first thing read aloud is what to mend.
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a");
    const field = link && document.getElementById(link.hash.slice(1));
    const control = field && (field.matches("fieldset") ? field.querySelector("input") : field);
    if (control) {
      event.preventDefault();
      (field.closest(".field") || field).scrollIntoView();
      control.focus({ preventScroll: true });
    }
    if (event.target.closest("[data-print]")) print();
  });
})();
