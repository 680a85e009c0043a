// A press on the timer of an open page, or a task ticked there, that did not reach the server, said as an operation.
// Whether it got through after all does not matter: a start names the entry that it makes, and the others change nothing
// the second time.

import { record } from "offline/operations";
import { uuid7 } from "offline/identifiers";

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
  const { entry, replacing, note = "", note_was: was = "", project, task, work_was: workWas } = config.parameters;
  const work = { project: Number(project) || null, task: Number(task) || null };
  if (kind === "timer.start") return record(person, kind, entry, { note, ...work });
  const changed = {};
  if (note.trim() !== was.trim()) changed.note = note;
  if (workWas !== undefined && `${project}-${task}` !== workWas) Object.assign(changed, work);
  if (Object.keys(changed).length) await record(person, "entry.update", replacing, changed);
  if (kind !== "entry.update") await record(person, kind, replacing);
}
