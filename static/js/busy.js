// A form in flight cannot be sent twice.

const buttons = (form) => [...form.elements].filter((control) => control.type === "submit" && !control.disabled);

function hold(form) {
  form.setAttribute("aria-busy", "true");
  buttons(form).forEach((button) => {
    button.disabled = true;
    button.dataset.held = "";
  });
}

function release(form) {
  form.removeAttribute("aria-busy");
  form.querySelectorAll("[data-held]").forEach((button) => {
    button.disabled = false;
    delete button.dataset.held;
  });
}

const formOf = (event) => event.detail.elt.closest?.("form");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.tagName === "FORM" && event.detail.requestConfig.verb !== "get") hold(event.detail.elt);
});
document.addEventListener("htmx:afterRequest", (event) => formOf(event) && release(formOf(event)));

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "get" || form.matches("[hx-post], [target=_blank], [data-download]")) {
    return;
  }
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  else setTimeout(() => hold(form)); // after the browser has read the pressed button's own value
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(release));
