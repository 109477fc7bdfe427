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
  for (const kind of ["input", "draft:restored"]) {
    document.addEventListener(kind, (event) => event.target.matches("textarea[data-counter]") && count(event.target));
  }
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

  // After a refused form the first thing read aloud is what to mend.
  const summary = document.querySelector(".error-summary") || document.querySelector("[data-focus-first]");
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
