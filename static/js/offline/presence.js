// On every page of a signed-in person: the service worker, what this device keeps for when the line is down, what it has
// still to send, and a line that says so.

import { all, onChange } from "offline/operations";
import { keepPresses } from "offline/presses";
import { send, stateOfSync } from "offline/sender";
import { forget, keepFacts, person, setPerson, storeOf } from "offline/store";
import { ask, lastTold } from "offline/told";

const FRESH_MS = 5 * 60_000;
const AFTER_A_CHANGE_MS = 1_500;
const CHANGED = ["time-changed", "tasks-changed"]; // what may have, once the server took what this device did

const line = document.getElementById("sync-state");
const user = document.body.dataset.person;

async function begin() {
  navigator.serviceWorker.register(line.dataset.worker);
  keepPresses(user, () => navigator.serviceWorker.controller && location.assign(line.dataset.workbench));
  await settleIn();
  onChange(show);
  document.addEventListener("sync-state", show);
  window.addEventListener("online", bring);
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && bring());
  document.body.addEventListener("time-changed", askSoon);
  document.getElementById("sign-out")?.addEventListener("submit", () => (forget(user), setPerson(null)));
  await keepFacts(await storeOf(user), { theme: document.documentElement.dataset.theme });
  const { session, seen } = await lastTold(user);
  if (!session || Date.now() - seen > FRESH_MS || !knowsTimer(session)) await refresh();
  await bring();
}

// A timer that was started on the page before, or on another device, must be known when the line goes.
const knowsTimer = ({ live }) => (live?.id ?? "") === document.getElementById("timer-live").value;

async function settleIn() {
  const before = await person();
  if (before === user) return;
  if (before) await forget(before);
  await setPerson(user);
}

const refresh = () => ask(line.dataset.session, user).catch(() => null);

let soon;
function askSoon() {
  clearTimeout(soon);
  soon = setTimeout(refresh, AFTER_A_CHANGE_MS);
}

async function bring() {
  await show();
  await send(user, line.dataset);
}

let known = 0;

async function show() {
  const operations = await all(user);
  if (operations.length < known) CHANGED.forEach((event) => htmx.trigger(document.body, event));
  known = operations.length;
  const refused = operations.filter((operation) => operation.refusal).length;
  const unsent = operations.length - refused;
  const isOffline = !navigator.onLine || (unsent && stateOfSync() === "offline");
  const said = [isOffline && line.dataset.offline, counted(unsent, "one", "many")];
  said.push(unsent && !isOffline && line.dataset[stateOfSync()], counted(refused, "refusedOne", "refusedMany"));
  line.hidden = !said.some(Boolean);
  line.dataset.state = isOffline ? "offline" : unsent ? "unsent" : "refused";
  line.querySelector("[data-words]").textContent = said.filter(Boolean).join(" ");
  line.querySelector("a").hidden = !operations.length;
}

const counted = (count, one, many) => count && (count === 1 ? line.dataset[one] : line.dataset[many].replace("%s", count));

// Only where the browser lets pages work offline: over HTTPS, or on the machine itself.
if (line && window.isSecureContext && "serviceWorker" in navigator && navigator.locks) begin();
