// Buttons that copy a text. Without this file the text is marked and copied by hand.
(() => {
  "use strict";
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
  });
  const done = (button) => {
    const was = [...button.childNodes];
    button.textContent = button.dataset.copied;
    setTimeout(() => button.replaceChildren(...was), 2000);
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button || button.textContent === button.dataset.copied) return;
    const area = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(area.value);
      done(button);
    } catch {
      // Pages without https have no clipboard; the older way still works there.
      area.focus();
      area.select();
      if (document.execCommand("copy")) done(button);
    }
  });
})();
