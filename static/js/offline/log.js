// The form of the offline workbench for work that is done already. It also mends what is there: then only what was changed
// is told, so that a new note leaves pauses and odd seconds alone.

import { serverNow } from "clock";
import { draw } from "offline/drawing";
import { instantOf, localDay } from "offline/zone";

const DAY_MINUTES = 24 * 60;

/** What a choice of project or task means: `{project, task}`. */
export function workOf({ value }) {
  const [project, task] = value.split("-").map((text) => Number(text) || null);
  return { project: project ?? null, task: task ?? null };
}

function minutesOf(text) {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  return found && Number(found[1]) <= 24 && Number(found[2]) < 60 ? Number(found[1]) * 60 + Number(found[2]) : null;
}

const typedIn = ({ elements: { note, work, start, end } }) => ({ note: note.value.trim(), work: work.value, start: start.value, end: end.value });

/** `save(data, what)` is called with what was typed, and with `what` was opened, if anything was; `session()` tells who works. */
export function logForm(form, error, session, save) {
  let opened = null;

  const changes = (typed, name) => !opened || typed[name] !== opened.before[name];

  function span(typed) {
    const [from, to] = [minutesOf(typed.start), minutesOf(typed.end)];
    if (from === null || to === null) return { problem: error.dataset.times };
    const zone = session().user.timezone;
    const day = localDay(opened ? Date.parse(opened.what.started_at) : serverNow(), zone);
    const started = changes(typed, "start") ? instantOf(day, from, zone) : Date.parse(opened.what.started_at);
    const ended = changes(typed, "end") ? instantOf(day, to > from ? to : to + DAY_MINUTES, zone) : Date.parse(opened.what.ended_at);
    if (ended <= started || from === to) return { problem: error.dataset.times };
    if (ended > serverNow()) return { problem: error.dataset.future };
    return { started_at: new Date(started).toISOString(), ended_at: new Date(ended).toISOString() };
  }

  function said(typed) {
    const data = changes(typed, "start") || changes(typed, "end") ? span(typed) : {};
    if (changes(typed, "note")) data.note = typed.note;
    if (changes(typed, "work")) Object.assign(data, workOf(form.elements.work));
    return data;
  }

  function close() {
    opened = null;
    error.hidden = true;
    form.reset();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.contains(document.activeElement)) document.activeElement.dispatchEvent(new Event("change", { bubbles: true }));
    const { problem, ...data } = said(typedIn(form));
    error.hidden = !problem;
    error.textContent = problem ?? "";
    if (problem) return form.elements.start.focus();
    const what = opened?.what;
    close();
    if (Object.keys(data).length) await save(data, what);
  });
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());

  return function open(what) {
    draw.form(form, what, session());
    opened = { what, before: typedIn(form) };
    form.elements.note.focus();
  };
}
