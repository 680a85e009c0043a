// The offline workbench: the shell, filled with what this device keeps of the person who works on it.

import { correctBy, everySecond } from "clock";
import { draw } from "offline/drawing";
import { logForm, workOf } from "offline/log";
import { all, discard, onChange, record, refused, retry } from "offline/operations";
import { foresee, stateOf } from "offline/projection";
import { send, stateOfSync } from "offline/sender";
import { fact, person, storeOf } from "offline/store";
import { ask, lastTold } from "offline/told";
import { uuid7 } from "offline/identifiers";
import { apply as applyTheme } from "theme";

const RETRY_MS = 15_000;
const root = document.querySelector('[data-offline="work"]');
const nobody = document.querySelector('[data-offline="nobody"]');
const bar = root.querySelector("[data-offline-timer]");
const log = root.querySelector("[data-offline-log]");

let user = null;
let session = null;
let view = null;
let isReached = false;

async function begin() {
  document.querySelectorAll("[data-offline-retry]").forEach((button) => button.addEventListener("click", tryAgain));
  user = await person();
  ({ session } = user ? await lastTold(user) : {});
  if (!session) return;
  const store = await storeOf(user);
  applyTheme((await fact(store, "theme")) ?? "system");
  correctBy((await fact(store, "offset")) ?? 0);
  onChange(show);
  document.addEventListener("sync-state", show);
  window.addEventListener("offline", comeBack);
  window.addEventListener("online", comeBack);
  setInterval(comeBack, RETRY_MS);
  await show();
  nobody.hidden = true;
  root.hidden = false;
  everySecond(() => draw.clocks(root, view, session));
  comeBack();
}

async function show() {
  ({ session } = await lastTold(user));
  const operations = await all(user);
  view = foresee(session, operations.filter((operation) => !operation.refusal));
  draw.timer(bar, view.live, session);
  draw.entries(root, view, session);
  draw.tasks(root, view, session);
  draw.refused(root, await refused(user), session);
  draw.state(root, operations, isReached ? stateOfSync() : "offline", await fact(await storeOf(user), "seen"), session);
}

async function comeBack() {
  isReached = navigator.onLine && (await isAnswered());
  if (!isReached) return show();
  await send(user, root.dataset);
  isReached &&= stateOfSync() !== "offline";
  const isSent = (await all(user)).length === 0;
  if (isSent && !isWriting()) location.replace(location.pathname === root.dataset.shell ? root.dataset.workbench : location.href);
  else show();
}

// Also by a page that asks who we are; then the sender says so.
const isAnswered = () => ask(root.dataset.session, user).then(() => true, () => false);
const isWriting = () =>
  bar.elements.note.value.trim() !== (view.live?.note ?? "") || [...log.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);

const tryAgain = () => (root.hidden ? location.reload() : comeBack());

// ── The timer ────────────────────────────────────────────────────────────────────────────────────────────────────────

function press(name) {
  if (name === "start") return record(user, "timer.start", uuid7(), { note: bar.elements.note.value.trim(), ...workOf(bar.elements.work) });
  return record(user, `timer.${name}`, view.live.id);
}

bar.addEventListener("submit", (event) => {
  event.preventDefault();
  bar.elements.note.blur();
  if (stateOf(view.live) === "stopped") press("start");
});
bar.addEventListener("click", (event) => {
  const button = event.target.closest("[data-press][type=button]");
  if (button) press(button.dataset.press);
});
bar.addEventListener("change", ({ target }) => {
  if (!view.live) return;
  record(user, "entry.update", view.live.id, target.name === "note" ? { note: target.value.trim() } : workOf(target));
});

// ── Work that is done already, and its repair ────────────────────────────────────────────────────────────────────────

const openLog = logForm(log, root.querySelector("[data-offline-error]"), () => session, save);

async function save(data, what) {
  if (!what) return record(user, "entry.create", uuid7(), data);
  if (!what.operation) return record(user, "entry.update", what.id, data);
  await retry(user, what.operation, { ...what.operation.data, ...data });
  comeBack();
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const { entry: id, seq } = button?.closest("li").dataset ?? {};
  const entry = view?.entries.find((one) => one.id === id);
  if (button?.dataset.do === "edit") openLog(entry);
  else if (button?.dataset.do === "delete") record(user, "entry.delete", id);
  else if (button) decide(Number(seq), button.dataset.do);
});

async function decide(seq, what) {
  const operation = (await refused(user)).find((one) => one.seq === seq);
  if (!operation) return;
  if (what === "mend") return openLog({ ...operation.data, operation });
  if (what === "discard") await discard(user, operation);
  else await retry(user, operation);
  comeBack();
}

root.addEventListener("change", ({ target }) => {
  const { task } = target.closest("li")?.dataset ?? {};
  if (task) record(user, target.checked ? "task.complete" : "task.reopen", Number(task));
});

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && view && show());
begin();
