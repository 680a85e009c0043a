// The offline workbench: the shell, filled with what this device keeps of the person who works on it.

import { correctBy, everySecond, serverNow } from "clock";
import { draw } from "offline/drawing";
import { all, discard, onChange, record, refused, retry } from "offline/operations";
import { foresee, stateOf } from "offline/projection";
import { send } from "offline/sender";
import { fact, person, storeOf } from "offline/store";
import { ask, lastTold } from "offline/told";
import { uuid7 } from "offline/identifiers";
import { instantOf, localDay } from "offline/zone";
import { apply as applyTheme } from "theme";

const RETRY_MS = 15_000;
const root = document.querySelector('[data-offline="work"]');
const nobody = document.querySelector('[data-offline="nobody"]');
const bar = root.querySelector("[data-offline-timer]");
const log = root.querySelector("[data-offline-log]");
const error = root.querySelector("[data-offline-error]");
const user = person();

let session = null;
let view = null;

async function begin() {
  document.querySelectorAll("[data-offline-retry]").forEach((button) => button.addEventListener("click", tryAgain));
  ({ session } = user ? await lastTold(user) : {});
  if (!session) return;
  const store = await storeOf(user);
  applyTheme((await fact(store, "theme")) ?? "system");
  correctBy((await fact(store, "offset")) ?? 0);
  onChange(show);
  document.addEventListener("sync-state", show);
  document.addEventListener("synced", show);
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
  await draw.state(root, operations, await fact(await storeOf(user), "seen"), session);
}

async function comeBack() {
  if (!navigator.onLine) return;
  if (!(await ask(root.dataset.session, user).catch(() => null))) return show();
  await send(user, root.dataset);
  const isSent = (await all(user)).length === 0;
  const isWriting = document.activeElement?.matches("input, select") && document.activeElement.value;
  if (isSent && !isWriting) location.replace(location.pathname === root.dataset.shell ? root.dataset.workbench : location.href);
  else show();
}

const tryAgain = () => (root.hidden ? location.reload() : comeBack());

// ── The timer ────────────────────────────────────────────────────────────────────────────────────────────────────────

const workOf = ({ value }) => {
  const [project, task] = value.split("-").map((text) => Number(text) || null);
  return { project: project ?? null, task: task ?? null };
};

function press(name) {
  if (name === "start") return record(user, "timer.start", uuid7(), { note: bar.elements.note.value.trim(), ...workOf(bar.elements.work) });
  return record(user, `timer.${name}`, view.live.id);
}

bar.addEventListener("submit", (event) => {
  event.preventDefault();
  if (stateOf(view.live) === "stopped") press("start");
  else bar.elements.note.blur();
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

const minutesOf = (text) => {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  return found && Number(found[1]) <= 24 && Number(found[2]) < 60 ? Number(found[1]) * 60 + Number(found[2]) : null;
};

function spanIn(form) {
  const [from, to] = [minutesOf(form.elements.start.value), minutesOf(form.elements.end.value)];
  if (from === null || to === null || from === to) return { problem: error.dataset.times };
  const zone = session.user.timezone;
  const day = form.dataset.day || localDay(serverNow(), zone);
  const started = instantOf(day, from, zone);
  const ended = instantOf(day, to > from ? to : to + 24 * 60, zone);
  if (ended > serverNow()) return { problem: error.dataset.future };
  return { started_at: new Date(started).toISOString(), ended_at: new Date(ended).toISOString() };
}

log.addEventListener("submit", async (event) => {
  event.preventDefault();
  log.contains(document.activeElement) && document.activeElement.dispatchEvent(new Event("change", { bubbles: true }));
  const { problem, ...span } = spanIn(log);
  error.hidden = !problem;
  error.textContent = problem ?? "";
  if (problem) return log.elements.start.focus();
  const said = { note: log.elements.note.value.trim(), ...workOf(log.elements.work), ...span };
  if (log.dataset.entry) await record(user, "entry.update", log.dataset.entry, said);
  else await record(user, "entry.create", uuid7(), said);
  endEditing();
});
log.addEventListener("keydown", (event) => event.key === "Escape" && endEditing());

function edit(entry) {
  const zone = session.user.timezone;
  log.dataset.entry = entry.id;
  log.dataset.day = localDay(Date.parse(entry.started_at), zone);
  draw.form(log, entry, session);
  log.elements.note.focus();
}

function endEditing() {
  log.reset();
  delete log.dataset.entry;
  delete log.dataset.day;
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const { entry: id, seq } = button?.closest("li").dataset ?? {};
  const entry = view?.entries.find((one) => one.id === id);
  if (button?.dataset.do === "edit") edit(entry);
  else if (button?.dataset.do === "delete") record(user, "entry.delete", id);
  else if (button) mend(Number(seq), button.dataset.do);
});

async function mend(seq, what) {
  const operation = (await refused(user)).find((one) => one.seq === seq);
  if (!operation) return;
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
