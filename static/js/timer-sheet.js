// Phones: the tab in the middle shows the timer and lifts it from below as a sheet. Without JavaScript it is a link.
import { everySecond, format } from "clock";

const tab = document.querySelector(".tab-timer");
const timer = () => document.querySelector(".topbar .timer");
const isOpen = () => document.body.classList.contains("timer-open");

function show() {
  const clock = timer()?.querySelector("wh-clock");
  const isOn = timer()?.matches(".is-running, .is-paused, .is-break") ?? false;
  tab.classList.toggle("is-running", timer()?.matches(".is-running") ?? false);
  tab.classList.toggle("is-on", isOn);
  const text = isOn && clock ? format(clock.seconds, true) : tab.dataset.idle;
  const label = tab.querySelector(".tab-timer-text");
  if (label.textContent !== text) label.textContent = text;
}

function toggle(open) {
  document.body.classList.toggle("timer-open", open);
  tab.setAttribute("aria-expanded", String(open));
  if (open) timer()?.querySelector("input:not([type=hidden]), button")?.focus();
  else tab.focus();
}

if (tab) {
  tab.setAttribute("aria-expanded", "false");
  tab.addEventListener("click", (event) => {
    if (!timer()) return;
    event.preventDefault();
    toggle(!isOpen());
  });
  document.addEventListener("click", (event) => {
    const inside = event.target.closest(".topbar .timer, .tab-timer, dialog");
    if (isOpen() && !inside && event.target.isConnected) toggle(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !document.querySelector("dialog[open]")) toggle(false);
  });
  everySecond(show);
}
