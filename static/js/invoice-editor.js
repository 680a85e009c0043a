// The sheet of an invoice: rows are added, moved and removed in place; amounts come from the server, which alone counts.
// Everything listens on the document, because the sheet is swapped whole after each save.

const editor = () => document.querySelector("[data-invoice-editor]");
const rows = () => [...document.querySelectorAll("[data-line]")].filter((row) => !row.hidden);
const cell = (row, name) => row.querySelector(`[name$="-${name}"]`);

function say(key, value) {
  const place = document.querySelector("[data-line-status]");
  place.textContent = place.dataset[key].replace("%s", value ?? "");
}

function renumber() {
  rows().forEach((row, index) => (cell(row, "ORDER").value = index + 1));
  editor().dispatchEvent(new CustomEvent("lines-changed", { bubbles: true }));
}

function addLine() {
  const total = editor().querySelector('[name="lines-TOTAL_FORMS"]');
  const holder = document.createElement("tbody");
  holder.innerHTML = document.querySelector("[data-line-template]").innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  const last = rows().pop();
  document.querySelector("[data-lines]").append(row);
  if (last) ["unit", "tax"].forEach((name) => (cell(row, name).value = cell(last, name).value));
  total.value = Number(total.value) + 1;
  renumber();
  cell(row, "description").focus();
}

function move(row, step) {
  const all = rows();
  const neighbour = all[all.indexOf(row) + step];
  if (!neighbour) return;
  if (step < 0) neighbour.before(row);
  else neighbour.after(row);
  renumber();
  say("moved", rows().indexOf(row) + 1);
}

function remove(row) {
  const all = rows();
  const next = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
  cell(row, "DELETE").value = "on";
  row.hidden = true;
  renumber();
  say("removed");
  if (next) cell(next, "description").focus();
  else addLine();
}

function nextLine(row) {
  const next = rows()[rows().indexOf(row) + 1];
  if (next) cell(next, "description").focus();
  else addLine();
}

function tickAll(form) {
  const boxes = [...form.querySelectorAll('[name="entry"]')];
  const all = boxes.every((box) => box.checked);
  boxes.forEach((box) => (box.checked = !all));
  form.dispatchEvent(new Event("change"));
}

document.addEventListener("click", (event) => {
  const control = event.target.closest(
    "[data-add-line], [data-line-up], [data-line-down], [data-line-remove], [data-tick-all]",
  );
  if (!control) return;
  event.preventDefault();
  const row = control.closest("[data-line]");
  if (control.matches("[data-tick-all]")) tickAll(control.closest("form"));
  else if (control.matches("[data-add-line]")) addLine();
  else if (control.matches("[data-line-remove]")) remove(row);
  else {
    move(row, control.matches("[data-line-up]") ? -1 : 1);
    control.focus();
  }
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-invoice-editor]");
  if (!form || event.isComposing) return;
  const row = event.target.closest("[data-line]");
  if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(row, event.key === "ArrowUp" ? -1 : 1);
    event.target.focus();
  } else if (row && event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) {
    event.preventDefault();
    nextLine(row);
  }
});

// A row that was dragged lies where it belongs already.
document.addEventListener("line-dropped", (event) => {
  renumber();
  say("moved", rows().indexOf(event.target) + 1);
});
