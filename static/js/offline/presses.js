// A press on the timer of an open page, or a task ticked there, that did not reach the server, said as an operation.
// Whether it got through after all does not matter: a start names the entry that it makes, and the others change nothing
// the second time.

import { serverNow } from "clock";
import { readDuration } from "entry-form";
import { all, record } from "offline/operations";
import { uuid7 } from "offline/identifiers";
import { foresee } from "offline/projection";
import { lastTold } from "offline/told";

const KINDS = {
  start: "timer.start",
  pause: "timer.pause",
  resume: "timer.resume",
  break: "timer.break",
  "break/stop": "timer.break_stop",
  stop: "timer.stop",
  discard: "timer.discard",
  edit: "entry.update",
};
const PRESS = /\/workbench\/timer\/(.+)\/$/;
const TICK = /\/tasks\/(\d+)\/(complete|reopen)\/$/;

function meant({ verb, path }) {
  if (verb !== "post") return null;
  const kind = KINDS[PRESS.exec(path)?.[1]];
  const [, task, how] = TICK.exec(path) ?? [];
  return kind ? { kind } : task ? { kind: `task.${how}`, task: Number(task) } : null;
}

/** Listens to the requests of timer and ticks; keeps those that cannot be sent and calls `then`. */
export function keepPresses(person, then) {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (meant(detail)?.kind === "timer.start") detail.parameters.entry = uuid7();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (navigator.onLine || !meant(event.detail.requestConfig)) return;
    event.preventDefault();
    keep(person, event.detail.requestConfig).then(then);
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (meant(detail.requestConfig)) keep(person, detail.requestConfig).then(then);
  });
}

async function keep(person, config) {
  const { kind, task: ticked } = meant(config);
  if (ticked) return record(person, kind, ticked);
  const { entry, replacing, note = "", note_was: was = "", project, task, work_was: workWas, worked } = config.parameters;
  const work = { project: Number(project) || null, task: Number(task) || null };
  const typed = readDuration(worked ?? "") * 60_000;
  const start = typed && (kind === "timer.start" ? serverNow() - typed : await startFor(person, replacing, typed));
  const changed = start ? { started_at: new Date(start).toISOString() } : {};
  if (kind === "timer.start") return record(person, kind, entry, { note, ...work, ...changed });
  if (note.trim() !== was.trim()) changed.note = note;
  if (workWas !== undefined && `${project}-${task}` !== workWas) Object.assign(changed, work);
  if (Object.keys(changed).length) await record(person, "entry.update", replacing, changed);
  if (kind !== "entry.update") await record(person, kind, replacing);
}

// When the timer would have started, had so many milliseconds been worked by now; null where it is not known here.
async function startFor(person, entry, worked) {
  const { session } = await lastTold(person);
  const { live } = session ? foresee(session, await all(person)) : {};
  if (live?.id !== entry) return null;
  let left = worked;
  const work = live.segments.filter((segment) => segment.kind === "work").reverse();
  for (const { started_at, ended_at } of work) {
    const end = ended_at ? Date.parse(ended_at) : serverNow();
    if (left <= end - Date.parse(started_at)) return end - left;
    left -= end - Date.parse(started_at);
  }
  return Date.parse(live.started_at) - left;
}
