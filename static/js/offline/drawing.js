// How the offline workbench looks: from data to the templates of the shell. No words of its own: they come from the page.

import { format, serverNow } from "clock";
import { stateOf, workBetween } from "offline/projection";
import { instantOf, localDay, localTime } from "offline/zone";

const DAY_MINUTES = 24 * 60;
const MOST_TASKS = 30;
const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const fill = (row, texts) => Object.entries(texts).forEach(([name, text]) => (row.querySelector(`[data-${name}]`).textContent = text));

const projectOf = (entry, session) => session.projects.find(({ id }) => id === entry.project);
const taskOf = (entry, session) => session.tasks.find(({ id }) => id === entry.task);
const workIn = (entry, session) => taskOf(entry, session)?.title ?? projectOf(entry, session)?.name ?? "";
const titleOf = (entry, session) => entry.note || workIn(entry, session) || "–";
const workValue = ({ project, task }) => (project || task ? `${project ?? ""}-${task ?? ""}` : "");

/** Start and end, in milliseconds, of the person's today. */
export function dayOf(session) {
  const zone = session.user.timezone;
  const day = localDay(serverNow(), zone);
  return [instantOf(day, 0, zone), instantOf(day, DAY_MINUTES, zone)];
}

function choices(select, session) {
  if (select.dataset.filled === session.server_time) return;
  const groups = session.projects.map((project) => {
    const group = document.createElement("optgroup");
    group.label = project.name;
    const tasks = session.tasks.filter((task) => task.project === project.id);
    group.append(new Option(project.name, `${project.id}-`), ...tasks.map((task) => new Option(task.title, `${project.id}-${task.id}`)));
    return group;
  });
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...groups);
  select.value = chosen;
  select.dataset.filled = session.server_time;
}

export const draw = {
  timer(bar, live, session) {
    const state = stateOf(live);
    for (const [name, on] of Object.entries({ "is-running": "running", "is-paused": "paused", "is-break": "on_break" })) bar.classList.toggle(name, state === on);
    bar.querySelectorAll("[data-when]").forEach((part) => (part.hidden = !part.dataset.when.split(" ").includes(state)));
    choices(bar.elements.work, session);
    if (!bar.querySelector("input:focus, select:focus") && (live || bar.dataset.live)) {
      bar.elements.note.value = live?.note ?? "";
      bar.elements.work.value = live ? workValue(live) : "";
    }
    bar.dataset.live = live?.id ?? "";
    draw.clock(bar.querySelector("wh-clock"), live);
  },

  clock(clock, entry) {
    const running = entry?.segments.at(-1);
    const closed = entry ? entry.segments.filter((part) => part.ended_at) : [];
    clock.dataset.base = workBetween({ segments: closed }, -Infinity, Infinity, 0) / 1000;
    if (stateOf(entry) === "running") clock.dataset.started = running.started_at;
    else delete clock.dataset.started;
  },

  entries(root, view, session) {
    choices(root.querySelector("[data-offline-log]").elements.work, session);
    const [from, to] = dayOf(session);
    const touching = view.entries.filter((entry) => Date.parse(entry.ended_at ?? new Date(serverNow()).toISOString()) > from && Date.parse(entry.started_at) < to);
    touching.sort((one, other) => other.started_at.localeCompare(one.started_at));
    root.querySelector("[data-offline-entries]").replaceChildren(...touching.map((entry) => draw.entry(entry, session)));
    root.querySelector("[data-offline-empty]").hidden = touching.length > 0;
    draw.clocks(root, view, session);
  },

  entry(entry, session) {
    const zone = session.user.timezone;
    const row = copy("offline-entry");
    row.dataset.entry = entry.id;
    const ended = entry.ended_at ? localTime(Date.parse(entry.ended_at), zone) : row.dataset.now;
    fill(row, { times: `${localTime(Date.parse(entry.started_at), zone)} – ${ended}`, title: titleOf(entry, session), work: workIn(entry, session), length: "" });
    row.querySelector("[data-unsent]").hidden = !entry.unsent;
    row.querySelectorAll("[data-do]").forEach((button) => (button.disabled = entry.billed || !entry.ended_at));
    return row;
  },

  clocks(root, view, session) {
    if (!view) return;
    const [from, to] = dayOf(session);
    let sum = 0;
    root.querySelectorAll("[data-offline-entries] > li").forEach((row) => {
      const entry = view.entries.find(({ id }) => id === row.dataset.entry);
      const seconds = workBetween(entry, from, to, serverNow()) / 1000;
      sum += seconds;
      row.querySelector("[data-length]").textContent = format(seconds, true);
    });
    root.querySelector("[data-offline-total]").textContent = sum ? format(sum, true) : "";
  },

  form(form, entry, session) {
    const zone = session.user.timezone;
    form.elements.note.value = entry.note ?? "";
    form.elements.work.value = workValue(entry);
    if (form.elements.work.selectedIndex < 0) form.elements.work.value = "";
    form.elements.start.value = localTime(Date.parse(entry.started_at), zone);
    form.elements.end.value = localTime(Date.parse(entry.ended_at), zone);
    form.elements.start.dispatchEvent(new Event("input", { bubbles: true }));
  },

  tasks(root, view, session) {
    const shown = session.tasks.filter((task, place) => place < MOST_TASKS || view.ticked.has(task.id));
    const rows = shown.map((task) => {
      const row = copy("offline-task");
      row.dataset.task = task.id;
      row.querySelector("input").checked = view.ticked.get(task.id) ?? false;
      fill(row, { title: task.title, work: session.projects.find(({ id }) => id === task.project)?.name ?? "" });
      return row;
    });
    const section = root.querySelector("[data-offline-tasks]");
    if (section.hidden && view.ticked.size) section.open = true;
    section.hidden = !rows.length;
    if (!section.contains(document.activeElement)) section.querySelector("ul").replaceChildren(...rows);
  },

  refused(root, operations, session) {
    const section = root.querySelector("[data-offline-refused]");
    section.hidden = !operations.length;
    section.querySelector("ul").replaceChildren(
      ...operations.map((operation) => {
        const row = copy("offline-refusal");
        row.dataset.seq = operation.seq;
        const known = session.entries.find(({ id }) => id === operation.entity);
        const title = operation.title ?? titleOf({ ...known, ...operation.data }, session);
        fill(row, { title, message: operation.refusal.message });
        row.querySelector("[data-do=mend]").hidden = operation.kind !== "entry.create";
        return row;
      }),
    );
  },

  /** What is the matter: `state` is one of the sender's, or offline where nobody answers at all. */
  state(root, operations, state, seen, session) {
    const refused = operations.filter((operation) => operation.refusal).length;
    const unsent = operations.length - refused;
    const line = root.querySelector("[data-offline-state]");
    const said = [counted(line, unsent, "one", "many"), counted(line, refused, "refusedOne", "refusedMany")];
    if (!operations.length) said.push(line.dataset.none);
    if (unsent) said.push(line.dataset[state]);
    if (seen) said.push(line.dataset.seen.replace("%s", localTime(seen, session.user.timezone)));
    say(line, said.filter(Boolean).join(" "));
    const head = state === "offline" ? "offline" : unsent ? "unsent" : refused ? "refused" : "sent";
    root.querySelectorAll("[data-head]").forEach((part) => (part.hidden = part.dataset.head !== head));
    const leave = root.querySelector("[data-offline-leave]");
    leave.hidden = state === "offline";
    say(leave, state === "signedOut" ? leave.dataset.signIn : leave.dataset.back);
  },
};

const say = (part, text) => part.textContent !== text && (part.textContent = text);
const counted = (line, count, one, many) => count && (count === 1 ? line.dataset[one] : line.dataset[many].replace("%s", count));
