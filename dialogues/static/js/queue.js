// The queue with the keyboard: j and k go from question to question, a letter opens an act. Everything works without.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll(".queue tbody > tr")];
  let last = "";
  const row = () => document.activeElement.closest(".queue tbody > tr") || document.getElementById(last);
  const goal = (one) => one.querySelector(".text-cell > a") || one.querySelector("textarea, select, input:not([type=hidden])");

  const go = (step) => {
    const all = rows();
    const at = all.indexOf(row());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
    if (!next) return;
    const link = goal(next);
    if (link) link.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (selector) => {
    const here = row();
    const found = here && here.querySelector(selector);
    if (found) found.click();
    return Boolean(found);
  };

  // A row keeps its place for the keys while it turns into a form and back.
  let back = "";
  document.addEventListener("focusin", (event) => {
    const here = event.target.closest(".queue tbody > tr");
    if (here) last = here.id;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const here = back && document.getElementById(back);
    back = "";
    if (here && goal(here)) goal(here).focus();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("textarea, select, input:not([type=checkbox])");
    if (event.key === "Escape" && row()) {
      if (press(".row-form .btn-quiet[hx-get]")) back = last;
      return;
    }
    if (typing) return;
    const key = event.key.toLowerCase();
    if (event.shiftKey) {
      const many = /^[a-z]$/.test(key) && document.querySelector(`.bulk [data-key="${key}"]`);
      if (!many) return;
      event.preventDefault();
      many.click();
      return;
    }
    if (key === "j") go(1);
    else if (key === "k") go(-1);
    else if (key === "x") press(".row-tick input");
    else if (key === "z") press(".row-done button");
    else if (!/^[a-z]$/.test(key) || !press(`.queue-acts [data-key="${key}"]`)) return;
    event.preventDefault();
  });

  // One box ticks all of the page.
  const all = document.querySelector("[data-tick-all]");
  if (!all) return;
  all.hidden = false;
  const ticks = () => [...document.querySelectorAll(".row-tick input")];
  document.addEventListener("change", (event) => {
    const box = all.querySelector("input");
    if (event.target === box) for (const tick of ticks()) tick.checked = box.checked;
    else if (event.target.closest(".row-tick")) box.checked = ticks().every((tick) => tick.checked);
  });
})();
