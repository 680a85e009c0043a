// Three linked fields: from, to, duration. Changing from or to counts the duration anew, changing the duration moves the
// end. What was typed last is told in the hidden field `lead`; the server has the last word, also about the clocks.

const DAY = 24 * 60;
const TIME = /^(\d{1,2})(?:[:.;,h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i;

function readTime(text) {
  const match = TIME.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, half] = [Number(match[1]), Number(match[2] ?? 0), (match[3] ?? "").toLowerCase()];
  if (minutes > 59) return null;
  if (half) return hours >= 1 && hours <= 12 ? ((hours % 12) + (half === "p" ? 12 : 0)) * 60 + minutes : null;
  return hours < 24 || (hours === 24 && minutes === 0) ? hours * 60 + minutes : null;
}

export function readDuration(text) {
  const typed = text.trim().toLowerCase();
  let match = /^(\d{1,2}):([0-5]?\d)(?::[0-5]?\d)?$/.exec(typed);
  if (match) return Number(match[1]) * 60 + Number(match[2]);
  if ((match = /^(\d+)\s*m?$/.exec(typed))) return Number(match[1]);
  if ((match = /^(\d*)[.,](\d+)\s*h?$/.exec(typed))) return Math.round(Number(`${match[1] || 0}.${match[2]}`) * 60);
  if ((match = /^(\d+)\s*h\s*(?:(\d+)\s*m?)?$/.exec(typed))) return Number(match[1]) * 60 + Number(match[2] ?? 0);
  return null;
}

const showTime = (minutes) =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
export const showDuration = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

function fields(form) {
  const { start, end, duration, lead } = form.elements;
  return { start, end, duration, lead, resting: Math.round(Number(form.dataset.resting || 0) / 60) };
}

function link(form, changed) {
  const { start, end, duration, lead, resting } = fields(form);
  if (!end || !duration) return;
  const [from, to, length] = [readTime(start.value), readTime(end.value), readDuration(duration.value)];
  if (changed === duration) {
    lead.value = duration.value.trim() ? "duration" : "";
    if (from !== null && length !== null) end.value = showTime(from + length + resting);
  } else if (from !== null && to !== null && to !== from) {
    lead.value = "end";
    duration.value = showDuration(Math.max(0, ((to - from + DAY) % DAY || DAY) - resting));
  } else if (changed === start && from !== null && length !== null && !end.value.trim()) {
    end.value = showTime(from + length);
  }
  tellNextDay(form);
}

function tellNextDay(form) {
  const hint = form.querySelector("[data-next-day]");
  const { start, end } = fields(form);
  if (!hint || !end) return;
  const [from, to] = [readTime(start.value), readTime(end.value)];
  hint.hidden = from === null || to === null || to > from;
}

function tidy(field) {
  const read = field.name === "duration" ? readDuration : readTime;
  const minutes = read(field.value);
  if (minutes === null) return;
  field.value = field.name === "duration" ? showDuration(minutes) : minutes === DAY ? "24:00" : showTime(minutes);
}

const linked = (target) =>
  target.form?.matches?.("[data-entry-form]") && ["start", "end", "duration"].includes(target.name);

document.addEventListener("input", (event) => linked(event.target) && link(event.target.form, event.target));
document.addEventListener("change", (event) => linked(event.target) && tidy(event.target));

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: 5, ArrowDown: -5, PageUp: 60, PageDown: -60 }[event.key];
  if (!step || !linked(event.target)) return;
  const isDuration = event.target.name === "duration";
  const minutes = (isDuration ? readDuration : readTime)(event.target.value);
  if (minutes === null) return;
  event.preventDefault();
  const next = Math.abs(step) === 5 ? (step > 0 ? Math.floor(minutes / 5) : Math.ceil(minutes / 5)) * 5 + step : minutes + step;
  event.target.value = isDuration ? showDuration(Math.max(0, next)) : showTime((next + DAY) % DAY);
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-entry-form]").forEach(tellNextDay));
