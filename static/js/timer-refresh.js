// The bar asks the server how things stand whenever this tab comes back, or time was changed elsewhere on the page:
// another tab or device may have started or stopped something. Never while somebody writes in it. It asks as well when
// the timer passes the workspace's limit, since the bar then brings a question along.
import { everySecond } from "clock";

export function refresh() {
  const timer = document.querySelector("#timer[data-refresh]");
  if (!timer || timer.contains(document.activeElement) || timer.classList.contains("htmx-request")) return;
  htmx.ajax("GET", timer.dataset.refresh, { source: document.body, target: "#timer", swap: "outerHTML" });
}

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
window.addEventListener("pageshow", (event) => event.persisted && refresh());
document.addEventListener("time-changed", (event) => event.target.closest?.("#timer, [hx-target='#timer']") || refresh());

let asked = "";

everySecond(() => {
  const timer = document.querySelector("#timer.is-running[data-limit]");
  const clock = timer?.querySelector("wh-clock");
  if (!clock || clock.seconds <= Number(timer.dataset.limit) * 60) return;
  const live = document.getElementById("timer-live").value;
  if (asked === live || document.querySelector("#timer-prompt form")) return;
  asked = live;
  refresh();
});
