// A draft saves itself a moment after the last change. What cannot be saved yet stays, and says why; leaving asks then.

const PAUSE = 1500;
const AGAIN = 5000;
const state = () => document.getElementById("draft-state");
let changed = false;
let waiting = 0;

function saveIn(pause) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (changed && state()) window.htmx.trigger(state(), "autosave");
  }, pause);
}

function note(event) {
  const form = event.target.closest?.("[data-invoice-editor]");
  // Ticks of unbilled time are no part of the draft until they are added.
  if (!form || event.target.closest(".picker")) return;
  changed = true;
  state().textContent = state().dataset.waiting;
  saveIn(PAUSE);
}

const isEditor = (target) => target.matches?.("[data-invoice-editor]");
const isAutosave = (target) => target.id === "draft-state";

// Not "change": it comes when a field is left, perhaps by pressing a button, which must not move while it is pressed.
["input", "lines-changed"].forEach((name) => document.addEventListener(name, note));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isAutosave(event.target) && !isEditor(event.target)) return;
  // Changes while the answer is under way count again.
  changed = false;
  clearTimeout(waiting);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isAutosave(event.target) && !isEditor(event.target)) return;
  const { successful, xhr } = event.detail;
  if (!successful || (isAutosave(event.target) && xhr.responseText.includes("data-unsaved"))) changed = true;
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isAutosave(event.target)) return;
  state().textContent = state().dataset.failed;
  saveIn(AGAIN);
});
document.addEventListener("submit", (event) => {
  if (isEditor(event.target) && !window.htmx) changed = false;
});
window.addEventListener("beforeunload", (event) => {
  if (changed && state()) event.preventDefault();
});
