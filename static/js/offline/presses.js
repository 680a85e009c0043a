// A press on the timer of an open page that did not reach the server, said as an operation. Whether it got through after
// all does not matter: a start names the entry that it makes, and the other presses change nothing the second time.

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

const kindOf = ({ verb, path }) => (verb === "post" ? KINDS[PRESS.exec(path)?.[1]] : undefined);

/** Listens to the timer's requests; keeps those that cannot be sent and calls `then`. */
export function keepPresses(person, then) {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (kindOf(detail) === "timer.start") detail.parameters.entry = uuid7();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (navigator.onLine || !kindOf(event.detail.requestConfig)) return;
    event.preventDefault();
    keep(person, event.detail.requestConfig).then(then);
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (kindOf(detail.requestConfig)) keep(person, detail.requestConfig).then(then);
  });
}

async function keep(person, config) {
  const kind = kindOf(config);
  const { entry, replacing, note = "", note_was: was = "", project, task, work_was: workWas } = config.parameters;
  const work = { project: Number(project) || null, task: Number(task) || null };
  if (kind === "timer.start") return record(person, kind, entry, { note, ...work });
  const changed = {};
  if (note.trim() !== was.trim()) changed.note = note;
  if (workWas !== undefined && `${project}-${task}` !== workWas) Object.assign(changed, work);
  if (Object.keys(changed).length) await record(person, "entry.update", replacing, changed);
  if (kind !== "entry.update") await record(person, kind, replacing);
}
