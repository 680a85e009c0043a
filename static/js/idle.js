// Asks, on return from a time in which nobody touched anything while the timer ran, what that time was. A touch in any tab
// of this browser counts for all of them; the question waits in localStorage, so a reload does not lose it, and an answer
// in one tab closes it in the others. What is stored is this device's clock, since a page cannot know how another page was
// corrected; what is sent is the server's, which bounds it once more.
import { everySecond, serverNow } from "clock";
import { refresh } from "timer-refresh";

const TOUCHED = "wh-touched"; // {entry, at}: the last touch while this entry ran, in ms of this device's clock
const AWAY = "wh-away"; // {entry, since, until}: the time that is asked about
const WRITE_EVERY = 5000;
const LOOK_EVERY = 15;
const dialog = document.getElementById("idle");
let written = 0;
let ticks = 0;

const correction = () => serverNow() - Date.now();
const keep = (name, value) => localStorage.setItem(name, JSON.stringify(value));

function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {};
  }
}

/** The entry that runs, since when, and after how long somebody counts as away (0: never). */
function running() {
  const bar = document.querySelector("#timer.is-running");
  const since = Date.parse(bar?.querySelector("wh-clock")?.dataset.started ?? "");
  if (!bar || Number.isNaN(since)) return null;
  const live = document.getElementById("timer-live").value;
  return { entry: live, since: since - correction(), limit: Number(bar.dataset.idle) * 60000 };
}

function touch() {
  const run = running();
  if (!run?.limit) return;
  const now = Date.now();
  const last = recall(TOUCHED);
  const wasHere = last.entry === run.entry ? Math.max(last.at, run.since) : now;
  if (now - wasHere >= run.limit) {
    const away = recall(AWAY);
    keep(AWAY, { entry: run.entry, since: away.entry === run.entry ? away.since : wasHere, until: now });
    written = 0;
  }
  if (now - written > WRITE_EVERY || last.entry !== run.entry) {
    keep(TOUCHED, { entry: run.entry, at: now });
    written = now;
  }
  show();
}

function words(ms) {
  const minutes = Math.floor(ms / 60000);
  const parts = [[Math.floor(minutes / 60), dialog.dataset.hours], [minutes % 60, dialog.dataset.minutes]];
  return parts.filter(([number]) => number).map(([number, text]) => text.replace("%s", number)).join(" ");
}

const clockTime = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function fill({ entry, since, until }) {
  const note = document.getElementById("timer-note");
  const said = { w: words(until - since), f: clockTime(since), t: clockTime(until), n: note.value || note.placeholder };
  dialog.querySelectorAll("[data-words]").forEach((place) => {
    const text = place.dataset.words.replace(/%([wftn])/g, (_all, letter) => said[letter]);
    if (place.textContent !== text) place.textContent = text;
  });
  const { replacing, since: from, until: to } = dialog.querySelector("form").elements;
  [replacing.value, from.value, to.value] = [entry, Math.floor(since + correction()), Math.floor(until + correction())];
}

function show() {
  const away = recall(AWAY);
  if (!away.entry) return dialog.open && dialog.close();
  if (running()?.entry !== away.entry) return settle(); // stopped, or another one started, meanwhile
  fill(away);
  if (!dialog.open && document.visibilityState === "visible") dialog.showModal();
}

function settle() {
  localStorage.removeItem(AWAY);
  if (dialog.open) dialog.close();
}

function tick() {
  if (!dialog.open) return;
  show();
  ticks = (ticks + 1) % LOOK_EVERY;
  if (!ticks && dialog.open) refresh(); // it may have been stopped on another device
}

if (dialog) {
  for (const name of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(name, touch, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && touch());
  document.addEventListener("htmx:afterSettle", (event) => event.detail.target?.id === "timer" && show());
  window.addEventListener("pageshow", touch);
  window.addEventListener("storage", (event) => {
    if (event.key !== AWAY) return;
    show();
    if (!event.newValue) refresh();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    settle();
  });
  dialog.addEventListener("click", (event) => event.target.closest("[data-idle-keep]") && settle());
  dialog.addEventListener("htmx:afterRequest", (event) => event.detail.successful && settle());
  everySecond(tick);
}
