// What the server last told, with all that this device has done since laid on top: the timer and the entries as they will
// stand once everything is sent. The server has the last word; here it is only foreseen.

const end = (entry, at) => {
  const open = entry.segments.at(-1);
  if (open && !open.ended_at) open.ended_at = at;
  entry.segments = entry.segments.filter((segment) => segment.ended_at !== segment.started_at);
};
const begin = (entry, kind, at) => entry.segments.push({ kind, started_at: at, ended_at: null });
const openKind = (entry) => entry.segments.at(-1)?.ended_at === null && entry.segments.at(-1).kind;

/** stopped, running, paused or on_break */
export function stateOf(entry) {
  if (!entry || entry.ended_at) return "stopped";
  return { work: "running", break: "on_break" }[openKind(entry)] ?? "paused";
}

const isLive = (entry) => !entry.deleted && !entry.ended_at;

const STEPS = {
  "timer.start": (found, { entity, data, at }) => {
    for (const other of found.values()) if (isLive(other)) stop(other, at);
    found.set(entity, { id: entity, ...data, segments: [{ kind: "work", started_at: data.started_at ?? at, ended_at: null }],
      started_at: data.started_at ?? at, ended_at: null });
  },
  "timer.stop": (found, { entity, at }) => onLive(found, entity, (entry) => stop(entry, at)),
  "timer.pause": (found, { entity, at }) => onLive(found, entity, (entry) => openKind(entry) === "work" && end(entry, at)),
  "timer.resume": (found, { entity, at }) => onLive(found, entity, (entry) => !openKind(entry) && begin(entry, "work", at)),
  "timer.break": (found, { entity, at }) => onLive(found, entity, (entry) => openKind(entry) !== "break" && (end(entry, at), begin(entry, "break", at))),
  "timer.break_stop": (found, { entity, at }) => onLive(found, entity, (entry) => openKind(entry) === "break" && (end(entry, at), begin(entry, "work", at))),
  "timer.discard": (found, { entity, at }) => onLive(found, entity, (entry) => (stop(entry, at), (entry.deleted = true))),
  "entry.create": (found, { entity, data }) => found.set(entity, { id: entity, ...data, segments: [span(data)] }),
  "entry.update": (found, { entity, data }) => {
    const entry = found.get(entity);
    if (!entry) return;
    Object.assign(entry, data);
    if (data.ended_at) entry.segments = [span(entry)];
    else if (data.started_at && entry.segments.length) entry.segments[0].started_at = data.started_at;
  },
  "entry.delete": (found, { entity }) => found.has(entity) && (found.get(entity).deleted = true),
  "entry.restore": (found, { entity }) => found.has(entity) && (found.get(entity).deleted = false),
};

const span = ({ started_at, ended_at }) => ({ kind: "work", started_at, ended_at });
const stop = (entry, at) => {
  end(entry, at);
  entry.ended_at = entry.segments.at(-1)?.ended_at ?? entry.started_at;
};
const onLive = (found, entity, step) => {
  const entry = found.get(entity);
  if (entry && isLive(entry)) step(entry);
};

/** `{live, entries, ticked}` from the server's last word and the operations that are not refused. */
export function foresee({ live, entries }, operations) {
  const found = new Map();
  for (const entry of [...entries, ...(live ? [live] : [])]) {
    found.set(entry.id, { ...entry, segments: entry.segments.map((segment) => ({ ...segment })) });
  }
  const ticked = new Map();
  for (const operation of inOrder(operations)) {
    STEPS[operation.kind]?.(found, operation);
    if (found.has(operation.entity)) found.get(operation.entity).unsent = true;
    if (operation.kind.startsWith("task.")) ticked.set(Number(operation.entity), operation.kind === "task.complete");
  }
  const kept = [...found.values()].filter((entry) => !entry.deleted);
  return { live: kept.find(isLive) ?? null, entries: kept, ticked };
}

function inOrder(operations) {
  const corrected = operations.map((operation) => ({
    ...operation,
    at: new Date(Date.parse(operation.at) + (operation.offset_ms ?? 0)).toISOString(),
  }));
  return corrected.sort((one, other) => one.at.localeCompare(other.at) || one.op.localeCompare(other.op));
}

/** Milliseconds of work between the two instants; what runs counts until `now`. */
export function workBetween(entry, from, to, now) {
  return entry.segments
    .filter((segment) => segment.kind === "work")
    .map(({ started_at, ended_at }) => [Date.parse(started_at), ended_at ? Date.parse(ended_at) : now])
    .reduce((sum, [started, ended]) => sum + Math.max(0, Math.min(ended, to) - Math.max(started, from)), 0);
}
