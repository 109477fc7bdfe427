// Files that are too many or too large are said before they travel: a phone would send them for minutes in vain. Without
// this file the server says the same.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const { mostFiles, mostBytes, tooMany, tooLarge } = form.dataset;
    const inputs = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
    form.querySelectorAll("[data-files-alert]").forEach((old) => old.remove());
    const size = (files) => files.reduce((sum, file) => sum + file.size, 0);
    const all = inputs.flatMap((input) => [...input.files]);
    const fullest = inputs.reduce((most, input) => (input.files.length > most.files.length ? input : most), inputs[0]);
    const over = (input) => size([...input.files]) > Number(input.dataset.mostBytes || Infinity);
    let [where, sentence] = [inputs.find(over), ""];
    if (where) sentence = where.dataset.tooLarge;
    else if (all.length > Number(mostFiles || Infinity)) [where, sentence] = [fullest, tooMany];
    else if (size(all) > Number(mostBytes || Infinity)) [where, sentence] = [fullest, tooLarge];
    if (!where) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const alert = document.createElement("p");
    alert.className = "error";
    alert.setAttribute("role", "alert");
    alert.setAttribute("data-files-alert", "");
    alert.textContent = sentence;
    where.before(alert);
    where.focus();
  },
  true,
);
