// The week: a cell is saved on its own as soon as it is left, one after the other, each with the value that it was drawn
// with (`was`); the server tells the truth. No answer sweeps away what is being typed meanwhile.
import { everySecond, format, serverNow } from "clock";
import { cells, clearHint, isCell, isTyped, truth } from "week-keys";

const grid = () => document.querySelector("[data-week]");
const form = () => document.getElementById("week-form");
let queue = Promise.resolve();
let waiting = 0;

function inTurn(task) {
  waiting += 1;
  queue = queue.then(task).catch(() => {}).finally(() => (waiting -= 1));
  return queue;
}

const fieldCalled = (name) => form()?.elements[name];
const wasOf = (field) => field.parentElement.querySelector("input[type=hidden]");

async function send(name, evenWithFocus) {
  const field = fieldCalled(name);
  if (!field || !isTyped(field) || (field === document.activeElement && !evenWithFocus)) return;
  const [cell, place] = [field.parentElement, name.slice("cell-".length)];
  const values = { row: place.slice(0, -11), day: place.slice(-10), duration: field.value, was: wasOf(field)?.value ?? "" };
  cell.classList.add("is-saving");
  await htmx
    .ajax("POST", grid().dataset.save, { source: grid(), target: cell, swap: "innerHTML", values })
    .finally(() => cell.classList.remove("is-saving"));
}

const save = (field, evenWithFocus = false) => inTurn(() => send(field.name, evenWithFocus));
const refresh = () =>
  htmx.ajax("GET", grid().dataset.refresh, { source: document.body, target: grid(), swap: "outerHTML show:none" });

// What somebody is about to do where an answer is swapped in: texts that are not saved, and the field with the focus.
let held = null;

function hold(place, sent) {
  const active = document.activeElement;
  const focused = isCell(active) && place.contains(active) ? active : null;
  const typed = cells(place)
    .filter((field) => field.value.trim() !== truth(field) && field.value !== sent)
    .map((field) => ({ name: field.name, value: field.value, before: truth(field), was: wasOf(field)?.value ?? "" }));
  held = { typed, sent, focused: focused?.name, range: focused && [focused.selectionStart, focused.selectionEnd] };
}

function putBack() {
  const { typed, sent, focused, range } = held;
  held = null;
  typed.forEach(({ name, value, before, was }) => {
    const field = fieldCalled(name);
    if (!field) return;
    // Where the truth moved on elsewhere, the server is told what the person saw, so that it can say so.
    if (sent === undefined && truth(field) !== before) keepWas(field, was);
    field.value = value;
  });
  const field = focused && fieldCalled(focused);
  if (!field) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(...range);
}

function keepWas(field, value) {
  const hidden = wasOf(field) ?? field.insertAdjacentElement("beforebegin", document.createElement("input"));
  Object.assign(hidden, { type: "hidden", name: field.name.replace("cell-", "was-"), value });
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.matches?.("[data-week], .wk-cell")) hold(detail.target, detail.requestConfig.parameters.duration);
});
document.addEventListener("htmx:afterSwap", () => held && putBack());

document.addEventListener("focusout", ({ target }) => {
  if (!isCell(target) || !target.isConnected) return;
  clearHint();
  if (isTyped(target)) save(target);
});

// Enter in the last row has no field to go down to.
document.addEventListener("week-save", ({ target }) => save(target, true));

// Time that was changed elsewhere: in the bar, in the dialog, by Undo. What the grid itself asked for is drawn already.
document.addEventListener("time-changed", ({ target }) => {
  if (grid() && target !== grid() && !target.matches?.("[data-week] form")) inTurn(refresh);
});

// Each choice adds a row, that of no project too, with which the picker begins.
document.addEventListener("combobox-open", ({ target }) => {
  const fields = target.closest("#week-add")?.querySelectorAll("input[name=project], input[name=task]") ?? [];
  fields.forEach((field) => (field.value = "?"));
});

everySecond(() => {
  document.querySelectorAll(".wk-cell > input[data-started]").forEach((field) => {
    if (field === document.activeElement || field.value !== field.defaultValue || "truth" in field.dataset) return;
    const text = format(Number(field.dataset.base) + (serverNow() - Date.parse(field.dataset.started)) / 1000, true);
    if (field.value !== text) field.value = field.defaultValue = text;
  });
});

// A link that is followed right after typing waits for what is on its way.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]:not([hx-get], [data-close], [role=button])");
  if (!waiting || !link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  queue.then(() => !cells(grid()).some(isTyped) && location.assign(link.href));
});
window.addEventListener("beforeunload", (event) => {
  if (waiting || (grid() && cells(grid()).some(isTyped))) event.preventDefault();
});
