// The one dialog for forms: it opens when something is swapped into #dialog-body and closes on the event dialog-close.
// Leaving a form that was changed asks first. The focus goes back to where it came from.

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
const guard = dialog?.querySelector("[data-dialog-guard]");
let opener = null;
let changed = false;

function open() {
  const heading = body.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  if (!dialog.open) {
    changed = false;
    dialog.showModal();
  }
  const fields = 'input:not([type="hidden"]):not(:disabled), select:not(:disabled), textarea:not(:disabled)';
  const first = body.querySelector("[aria-invalid=true], .is-invalid") ?? body.querySelector("[autofocus]");
  (first ?? body.querySelector(fields) ?? body.querySelector("button, a[href]"))?.focus();
}

function close() {
  guard.hidden = true;
  changed = false;
  if (dialog.open) dialog.close();
}

function leave() {
  if (!changed) return close();
  guard.hidden = false;
  guard.querySelector("[data-dialog-keep]").focus();
}

function returnFocus() {
  body.replaceChildren();
  const href = opener?.getAttribute("href");
  const again = opener?.isConnected ? opener : href && document.querySelector(`[href="${CSS.escape(href)}"]`);
  (again || document.getElementById("main"))?.focus({ preventScroll: true });
  opener = null;
}

if (dialog) {
  // What opens the dialog may stand in a list that swaps and names its own address: neither is meant for the dialog.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === body) event.detail.swapOverride = "innerHTML";
  });
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (event.detail.target === body) Object.assign(event.detail.history, { type: "replace", path: location.href });
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === body && !dialog.open) opener = event.detail.elt;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === body && body.childElementCount) open();
  });
  document.addEventListener("dialog-close", close);
  dialog.addEventListener("close", returnFocus);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (guard.hidden) leave();
    else guard.hidden = true;
  });
  dialog.addEventListener("input", () => (changed = true));
  dialog.addEventListener("change", () => (changed = true));
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-dialog-discard]")) close();
    else if (event.target.closest("[data-dialog-keep]")) guard.hidden = true;
    else if (event.target === dialog || event.target.closest("[data-close]")) {
      event.preventDefault();
      leave();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (dialog.open && changed && !body.querySelector("[aria-busy=true]")) event.preventDefault();
  });
}
