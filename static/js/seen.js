// Tells the server once that somebody looked at this page: it was visible for two seconds in all, and somebody was there,
// by its focus or by a movement. Programs that only fetch the page run none of this.

const ENOUGH = 2000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll", "touchstart", "focus"];
let somebody = document.hasFocus();
let visible = 0;
let since = document.visibilityState === "visible" ? performance.now() : null;
let told = false;

function look() {
  if (since !== null) visible += performance.now() - since;
  since = document.visibilityState === "visible" ? performance.now() : null;
  if (told || !somebody || visible < ENOUGH) return;
  told = true;
  clearInterval(watch);
  fetch(document.body.dataset.seen, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(() => {});
}

const watch = setInterval(look, 500);
document.addEventListener("visibilitychange", look);
SIGNS.forEach((sign) => addEventListener(sign, () => (somebody = true), { once: true, passive: true }));
