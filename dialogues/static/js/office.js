// Office pages: keyboard, and the only place that knows htmx's event names.
(() => {
  "use strict";
  const words = document.body.dataset;

  // A swapped piece says where to go on: its errors first, else the element marked for it.
  document.addEventListener("htmx:afterSettle", (event) => {
    const root = event.target;
    const goal = root.querySelector(".error-summary") || root.querySelector("[data-focus]");
    if (goal) goal.focus();
  });

  // A request that failed says so in words; what was typed is still there.
  const complain = () => {
    const place = document.getElementById("flashes");
    if (!place) return;
    const alert = document.createElement("div");
    alert.className = "flash tone-bad";
    alert.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = words.failed;
    alert.append(text);
    place.replaceChildren(alert);
    alert.scrollIntoView({ block: "nearest" });
  };
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, complain);

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const typing = field.matches("input, textarea, select");
    // Ctrl+Enter sends the form one is in.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing && field.form) {
      event.preventDefault();
      field.form.requestSubmit();
    }
    // A slash goes to the search box.
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("input[type=search], input[name=q]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
})();
