// On every page of a signed-in person: the service worker, what this device keeps for when the line is down, what it has
// still to send, and a line that says so.

import { all, onChange } from "offline/operations";
import { keepPresses } from "offline/presses";
import { send, stateOfSync } from "offline/sender";
import { forget, keepFacts, person, setPerson, storeOf } from "offline/store";
import { ask, lastTold } from "offline/told";

const FRESH_MS = 5 * 60_000;
const AFTER_A_CHANGE_MS = 4_000;

const line = document.getElementById("sync-state");
const user = document.body.dataset.person;

async function begin() {
  navigator.serviceWorker.register(line.dataset.worker);
  if (person() && person() !== user) await forget(person());
  setPerson(user);
  keepPresses(user, () => navigator.serviceWorker.controller && location.assign(line.dataset.workbench));
  onChange(show);
  document.addEventListener("sync-state", show);
  document.addEventListener("synced", () => htmx.trigger(document.body, "time-changed"));
  window.addEventListener("online", bring);
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && bring());
  document.body.addEventListener("time-changed", askSoon);
  document.getElementById("sign-out")?.addEventListener("submit", () => (forget(user), setPerson(null)));
  await keepFacts(await storeOf(user), { theme: document.documentElement.dataset.theme });
  const { session, seen } = await lastTold(user);
  if (!session || Date.now() - seen > FRESH_MS) await refresh();
  await bring();
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

async function show() {
  const kept = await all(user);
  const refused = kept.filter((operation) => operation.refusal).length;
  const unsent = kept.length - refused;
  const said = [];
  if (!navigator.onLine || stateOfSync() === "offline") said.push(line.dataset.offline);
  if (unsent) said.push(unsent === 1 ? line.dataset.one : line.dataset.many.replace("%s", unsent));
  if (unsent && line.dataset[stateOfSync()]) said.push(line.dataset[stateOfSync()]);
  if (refused) said.push(line.dataset.refused);
  line.hidden = !said.length;
  line.querySelector("[data-words]").textContent = said.join(" ");
  line.querySelector("a").hidden = !kept.length;
}

// Only where the browser lets pages work offline: over HTTPS, or on the machine itself.
if (line && window.isSecureContext && "serviceWorker" in navigator && navigator.locks) begin();
