// Ticked rows of a list: the bar tells how many, its buttons send them. Works on any form[data-bulk] around a table, and
// adds to what the form can do without it: Shift for a range, all of the page, and ticks that outlive a refresh.

const ticks = (form) => [...form.querySelectorAll("tbody input[type=checkbox]:not(:disabled)")];
const everything = (form) => form.querySelector("[data-bulk-all]");
let last = null;

function show(form) {
  const rows = ticks(form);
  const ticked = rows.filter((tick) => tick.checked);
  rows.forEach((tick) => tick.closest("tr").classList.toggle("is-selected", tick.checked));
  const page = form.querySelector("[data-bulk-page]");
  if (page) {
    page.hidden = false;
    page.checked = ticked.length > 0 && ticked.length === rows.length;
    page.indeterminate = ticked.length > 0 && ticked.length < rows.length;
  }
  form.dispatchEvent(new CustomEvent("bulk-shown", { bubbles: true, detail: { ticked } }));
  const count = form.querySelector("[data-bulk-count]");
  const all = everything(form);
  // All that is listed, as JSON: more than stands on this page.
  const many = all?.checked ? JSON.parse(all.dataset.bulkAll).count : new Set(ticked.map((tick) => tick.value)).size;
  if (count) count.textContent = String(many);
}

function set(form, checked, some = ticks(form)) {
  // An entry over midnight has a row on each day: they are ticked together.
  const values = new Set(some.map((tick) => tick.value));
  ticks(form).forEach((tick) => values.has(tick.value) && (tick.checked = checked));
  if (!checked && everything(form)) everything(form).checked = false;
  show(form);
}

function range(form, from, to) {
  const rows = ticks(form);
  const [first, second] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
  return first < 0 ? [to] : rows.slice(first, second + 1);
}

// A click is also what the space bar makes of itself, Shift and all.
document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-bulk-clear]");
  if (clear) return set(clear.form, false);
  const tick = event.target;
  const form = tick.matches?.("tbody input[type=checkbox]") && tick.closest("form[data-bulk]");
  if (!form) return;
  set(form, tick.checked, event.shiftKey && last?.isConnected ? range(form, last, tick) : [tick]);
  last = tick;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (form && event.target.matches("[data-bulk-page], [data-bulk-all]")) set(form, event.target.checked);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], details.menu[open]")) return;
  document.querySelectorAll("form[data-bulk]:has(tbody :checked)").forEach((form) => set(form, false));
});

// The list fetches itself anew when time has changed elsewhere; what was ticked stays so, until something was done with it.
let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.target.querySelector?.("form[data-bulk]");
  if (!form || event.detail.requestConfig.elt !== event.detail.target) return;
  kept = { all: everything(form)?.checked, values: ticks(form).filter((tick) => tick.checked).map((tick) => tick.value) };
});

document.addEventListener("selection-done", () => document.querySelectorAll("form[data-bulk]").forEach((form) => set(form, false)));

function showAll() {
  document.querySelectorAll("form[data-bulk]").forEach((form) => {
    if (kept) ticks(form).forEach((tick) => (tick.checked = kept.values.includes(tick.value)));
    if (kept?.all && everything(form)) everything(form).checked = true;
    show(form);
  });
  kept = null;
}

document.addEventListener("htmx:afterSettle", showAll);
window.addEventListener("pageshow", showAll);
