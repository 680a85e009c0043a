// The timer bar: Enter saves the note or the duration typed over the clock, and an answer never sweeps away what is being
// written meanwhile.
import { format } from "clock";

const bar = () => document.getElementById("timer");

function isWriting() {
  const field = document.activeElement;
  return Boolean(bar()?.contains(field) && field.matches("input:not([type=hidden])"));
}

// Only what was asked for by the way is left out while somebody writes; a press on a button shows its result at once.
const isByTheWay = (config) => config.verb === "get" || config.path === bar()?.dataset.save;

document.addEventListener("keydown", (event) => {
  const isDuration = event.target.id === "timer-worked";
  if (isDuration && event.key === "Escape") leaveDuration(event);
  if (event.key !== "Enter" || event.isComposing || !(isDuration || event.target.id === "timer-note")) return;
  if (!document.getElementById("timer-live").value) return; // stopped: Enter starts
  event.preventDefault();
  event.target.blur();
});

function leaveDuration(event) {
  event.stopPropagation();
  event.target.value = "";
  event.target.blur();
}

document.addEventListener("focusin", (event) => {
  if (event.target.id === "timer-worked") event.target.placeholder = format(bar().querySelector("wh-clock").seconds, true);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (target?.id !== "timer" || xhr.status >= 400 || !isByTheWay(requestConfig) || !isWriting()) return;
  event.detail.shouldSwap = false;
  const form = bar();
  const sent = requestConfig.formData?.get("note");
  if (form.elements.note_was && sent !== null && sent !== undefined) form.elements.note_was.value = sent;
  form.dataset.waiting = "";
});

document.addEventListener("focusout", (event) => {
  const form = bar();
  if (!form?.contains(event.target) || form.contains(event.relatedTarget) || !("waiting" in form.dataset)) return;
  delete form.dataset.waiting;
  setTimeout(() => {
    if (isWriting() || bar().classList.contains("htmx-request")) return;
    htmx.ajax("GET", bar().dataset.refresh, { source: document.body, target: "#timer", swap: "outerHTML" });
  }, 300);
});
