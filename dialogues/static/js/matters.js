// The ask page: another matter is added and taken away in place, also without a connection. Without this file the same
// buttons send the form and get the page back with one more, or one fewer.
(() => {
  "use strict";
  const place = document.getElementById("matters");
  const blank = document.getElementById("blank-matter");
  const adder = place && place.querySelector("[data-add-matter]");
  if (!adder || !blank) return;

  const seen = () => [...place.querySelectorAll(".matter")];
  const numbered = (element, number) => {
    const old = element.id.slice("matter_".length);
    if (old === String(number)) return;
    for (const part of [element, ...element.querySelectorAll("*")]) {
      for (const { name, value } of [...part.attributes]) {
        if (/^(id|for|name|aria-describedby)$/.test(name)) {
          part.setAttribute(name, value.replaceAll("_" + old, "_" + number));
        } else if (name === "value" && part.matches("button")) part.value = number;
      }
    }
    for (const said of element.querySelectorAll("legend, [data-take-matter-away]")) {
      said.textContent = said.textContent.replace(old, number); // the only figure in it
    }
  };
  const count = () => {
    seen().forEach((element, index) => numbered(element, index + 2));
    adder.hidden = seen().length + 1 >= Number(place.dataset.most);
  };
  const add = () => {
    const element = blank.content.querySelector(".matter").cloneNode(true);
    adder.before(element);
    count();
    return element;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !place.contains(button)) return;
    if (button.name === "add") {
      event.preventDefault();
      add().querySelector("textarea").focus();
    }
    if (button.name === "take_away") {
      event.preventDefault();
      const gone = button.closest(".matter");
      const before = gone.previousElementSibling;
      const form = place.closest("form");
      gone.remove();
      count();
      form.dispatchEvent(new Event("input", { bubbles: true }));
      const goal = before ? before.querySelector("textarea") : document.getElementById("text");
      if (goal) goal.focus();
    }
  });
  // A draft of several matters needs as many boxes.
  document.addEventListener("draft:needs", (event) => {
    while (!document.getElementsByName(event.detail).length && !adder.hidden) add();
  });
})();
