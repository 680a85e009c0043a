// "Started earlier": the buttons step to the next five-minute mark, and a line says what the time means.
import { serverNow } from "clock";

const DAY = 24 * 60;
const TIME = /^(\d{1,2})(?:[:.;,h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i;
const opened = new WeakMap();

function read(text) {
  const [all, hours, minutes, half] = TIME.exec(text.trim()) ?? [];
  if (!all || Number(minutes ?? 0) > 59 || Number(hours) > (half ? 12 : 23)) return null;
  const base = half ? (Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hours);
  return base * 60 + Number(minutes ?? 0);
}

const show = (minutes) =>
  [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

/** Minutes since midnight on the person's clock, which need not be this device's. */
function now(place) {
  if (!opened.has(place)) opened.set(place, serverNow());
  return (read(place.dataset.now) + Math.floor((serverNow() - opened.get(place)) / 60000)) % DAY;
}

function words(minutes, line) {
  const hours = Math.floor(minutes / 60);
  const parts = [hours && line.dataset.hours.replace("%s", hours), line.dataset.minutes.replace("%s", minutes % 60)];
  return parts.filter((part, index) => part && (index === 0 || minutes % 60 || !hours)).join(" ");
}

function tell(field) {
  const place = field.closest(".earlier-time");
  const line = place.parentElement.querySelector("[data-earlier-means]");
  const [at, present] = [read(field.value), now(place)];
  if (at === null) return line.replaceChildren();
  const text = at > present ? line.dataset.earlierBefore : line.dataset.earlierMeans;
  line.textContent = text.replace("%s", () => words((present - at + DAY) % DAY, line));
}

function step(button) {
  const place = button.closest(".earlier-time");
  const field = place.querySelector("input");
  const at = read(field.value) ?? now(place);
  const next = button.dataset.earlierStep === "1" ? (Math.floor(at / 5) + 1) * 5 : (Math.ceil(at / 5) - 1) * 5;
  field.value = show((next + DAY) % DAY);
  tell(field);
}

function wake() {
  document.querySelectorAll("[data-earlier-step][hidden]").forEach((button) => (button.hidden = false));
  document.querySelectorAll(".earlier-time input").forEach(tell);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-earlier-step]");
  if (button) step(button);
});
document.addEventListener("input", (event) => event.target.matches?.("[data-earlier]") && tell(event.target));
document.addEventListener("keydown", (event) => {
  const direction = { ArrowUp: "1", ArrowDown: "-1" }[event.key];
  if (!direction || !event.target.matches?.("[data-earlier]")) return;
  event.preventDefault();
  step(event.target.parentElement.querySelector(`[data-earlier-step="${direction}"]`));
});
document.addEventListener("htmx:afterSettle", wake);
wake();
