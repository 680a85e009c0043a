// What happened, and Undo. The event `toast` {text, undo} adds one; the server renders its own into the same place.

const SECONDS = 6;
const region = document.getElementById("toasts");

function add({ text, undo }) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  const form = toast.querySelector("form");
  if (undo) {
    form.action = undo;
    form.setAttribute("hx-post", undo);
  } else {
    form.remove();
  }
  region.append(toast);
  htmx.process(toast);
  countDown(toast);
}

function countDown(toast) {
  let remaining = SECONDS * 1000;
  let since = 0;
  let timeout;
  const go = () => {
    since = Date.now();
    timeout = setTimeout(() => toast.remove(), remaining);
  };
  const wait = () => {
    clearTimeout(timeout);
    remaining = Math.max(1000, remaining - (Date.now() - since));
  };
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("focusout", go);
  toast.addEventListener("htmx:afterRequest", () => toast.remove());
  go();
}

if (region) {
  region.querySelectorAll(".toast").forEach(countDown);
  region.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) event.target.closest(".toast").remove();
  });
  document.addEventListener("toast", (event) => [event.detail.value ?? event.detail].flat().forEach(add));
}
