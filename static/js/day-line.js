// The needle of the day line, and the block that is live, go on while the page is open. When time was changed, htmx fetches
// the line anew, so nothing of it is kept here but where it stood when it came.
import { everySecond, serverNow } from "clock";

const HALF_DAY = 12 * 60 * 60 * 1000; // the line is 8 to 20 h
let drawn = read();

function read() {
  const line = document.getElementById("day-line");
  const needle = line?.querySelector(".now");
  return { line, needle, at: serverNow(), place: parseFloat(needle?.getAttribute("x1")) };
}

function show() {
  if (!(drawn.place > 0)) return; // no line here, or the day has not begun
  const { line, needle, at, place } = drawn;
  const now = Math.min(100, place + (100 * (serverNow() - at)) / HALF_DAY);
  if (now - parseFloat(needle.getAttribute("x1")) < 0.05) return;
  needle.setAttribute("x1", `${now}%`);
  needle.setAttribute("x2", `${now}%`);
  const live = document.querySelector(".timer.is-running") && line.querySelector(".is-live");
  live?.setAttribute("width", `${now - parseFloat(live.getAttribute("x"))}%`);
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "day-line") drawn = read();
});
everySecond(show);
