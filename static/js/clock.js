// <wh-clock data-started="ISO instant" data-base="seconds"> shows base + time since started; without data-started it stands.
// The truth is the server's: its clock, given by <meta name="server-time">, corrects a wrong one in this device.

const followers = new Set();
const clocks = new Set();
let offset = clockOffset();

function clockOffset() {
  const told = Date.parse(document.querySelector('meta[name="server-time"]')?.content ?? "");
  const navigation = performance.getEntriesByType("navigation")[0];
  const fromCache = navigation?.transferSize === 0;
  if (Number.isNaN(told) || fromCache) return 0;
  const difference = told - (performance.timeOrigin + (navigation?.responseStart ?? 0));
  return Math.abs(difference) < 2000 ? 0 : difference;
}

export function serverNow() {
  return Date.now() + offset;
}

/** Where no page was loaded from the server just now: what was last measured, in milliseconds. */
export function correctBy(milliseconds) {
  offset = Math.abs(milliseconds) < 2000 ? 0 : milliseconds;
}

/** H:MM:SS, or H:MM when short; never below zero. */
export function format(seconds, short = false) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map((part, index) => String(part).padStart(index ? 2 : 1, "0"));
  return short ? `${hours}:${minutes}` : `${hours}:${minutes}:${rest}`;
}

/** Call `follower` now and with every tick. */
export function everySecond(follower) {
  followers.add(follower);
  follower();
}

class Clock extends HTMLElement {
  static observedAttributes = ["data-started", "data-base"];

  connectedCallback() {
    clocks.add(this);
    this.show();
  }

  disconnectedCallback() {
    clocks.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  get seconds() {
    const base = Number(this.dataset.base ?? 0);
    const started = Date.parse(this.dataset.started ?? "");
    return Number.isNaN(started) ? base : base + Math.max(0, (serverNow() - started) / 1000);
  }

  show() {
    const text = format(this.seconds, this.dataset.format === "short");
    if (this.textContent !== text) this.textContent = text;
  }
}

function tick() {
  clocks.forEach((clock) => clock.show());
  followers.forEach((follower) => follower());
}

customElements.define("wh-clock", Clock);
setInterval(tick, 1000);
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:afterSettle", tick);
window.addEventListener("pageshow", tick);
