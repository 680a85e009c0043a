// While a timer runs, the tab says so: elapsed time before the title, and a mark on the icon. Both go when it stops.
import { everySecond, format } from "clock";

let plain = document.title;
let shown = plain;

function show() {
  if (document.title !== shown) plain = document.title; // a swapped page brought its own title
  const clock = document.querySelector(".timer.is-running wh-clock[data-started]");
  shown = clock ? `${format(clock.seconds)} · ${plain}` : plain;
  if (document.title !== shown) document.title = shown;
  markIcon(Boolean(clock));
}

function markIcon(running) {
  const icon = document.querySelector('link[rel="icon"]');
  const wanted = running ? icon?.dataset.live : icon?.dataset.plain;
  if (wanted && icon.getAttribute("href") !== wanted) icon.setAttribute("href", wanted);
}

everySecond(show);
