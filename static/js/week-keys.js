// The fields of the week by keyboard: arrows and Enter go from cell to cell, Escape takes back what was typed without a
// word to the server. While one types, a hint says how the duration is understood.
import { readDuration, showDuration } from "entry-form";

export const isCell = (element) => Boolean(element?.matches?.(".wk-cell > input:not([type=hidden])"));
export const cells = (place) => [...place.querySelectorAll(".wk-cell > input:not([type=hidden])")];

/** What the server last said that the cell has. */
export const truth = (field) => field.dataset.truth ?? field.defaultValue;

/** Whether there is something to send: neither the truth, nor what was refused already. */
export const isTyped = (field) => {
  const typed = field.value.trim();
  const isRefused = field.hasAttribute("aria-invalid") && typed === field.defaultValue.trim();
  return typed !== truth(field) && !isRefused;
};

const hint = () => document.querySelector(".wk-hint");

export function clearHint() {
  const place = hint();
  if (!place) return;
  place.hidden = true;
  document.getElementById("week-form")?.append(place);
}

function showHint(field) {
  const place = hint();
  const text = field.value.trim();
  if (!place || !isTyped(field)) return clearHint();
  const minutes = readDuration(text);
  const { understood, notUnderstood, empty } = place.dataset;
  if (!text || minutes === 0) place.textContent = empty;
  else place.textContent = minutes === null ? notUnderstood : understood.replace("%s", showDuration(minutes));
  place.hidden = false;
  field.parentElement.append(place);
}

function restore(field) {
  field.value = truth(field);
  field.removeAttribute("aria-invalid");
  field.parentElement.querySelector(".wk-error")?.remove();
  clearHint();
  field.select();
}

/** The field so many rows down and days to the right, if there is one. */
function neighbour(field, down, right) {
  const row = field.closest("tr");
  const rows = [...row.parentElement.children];
  const all = cells(row);
  const there = rows[rows.indexOf(row) + down];
  return there && cells(there)[all.indexOf(field) + right];
}

function go(field, down, right) {
  const next = neighbour(field, down, right);
  if (!next) return false;
  next.focus();
  next.select();
  return true;
}

const isAllMarked = (field) => field.selectionStart === 0 && field.selectionEnd === field.value.length;
const isAtStart = (field) => isAllMarked(field) || field.selectionEnd === 0;
const isAtEnd = (field) => isAllMarked(field) || field.selectionStart === field.value.length;

const KEYS = {
  Escape: (field) => restore(field),
  Enter: (field, event) =>
    go(field, event.shiftKey ? -1 : 1, 0) || field.dispatchEvent(new CustomEvent("week-save", { bubbles: true })),
  ArrowDown: (field) => go(field, 1, 0),
  ArrowUp: (field) => go(field, -1, 0),
  ArrowLeft: (field) => isAtStart(field) && go(field, 0, -1),
  ArrowRight: (field) => isAtEnd(field) && go(field, 0, 1),
};

document.addEventListener("keydown", (event) => {
  if (!isCell(event.target) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!act || (event.shiftKey && event.key !== "Enter")) return;
  if (act(event.target, event) === false && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  event.stopPropagation();
});

document.addEventListener("input", (event) => isCell(event.target) && showHint(event.target));
document.addEventListener("focusin", (event) => isCell(event.target) && event.target.select());
