// The line that logs time: it is empty again once the server has it, be it by way of the dialog that shows all fields.
// What was understood stands beneath it; htmx asks for that while one types.

let asked = null;

function empty(line) {
  line.reset();
  line.querySelectorAll("wh-picker").forEach((picker) => picker.choose({ dataset: {} }));
  line.querySelector("#quick-preview").replaceChildren();
  line.elements.text.removeAttribute("aria-invalid");
  line.elements.lead.value = "";
  asked = null;
}

const isSaved = (event) => event.detail.xhr?.status === 204;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-quick-form]");
  if (link) asked = link.closest("form[data-quick]");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form.matches?.("form[data-quick]")) {
    if (isSaved(event)) empty(form);
    else form.elements.text.setAttribute("aria-invalid", "true");
  } else if (form.matches?.("[data-entry-form]") && isSaved(event) && asked?.isConnected) empty(asked);
});

// What was refused stays in its words until the line is changed; a look that was asked for meanwhile would wash them out.
document.addEventListener("htmx:beforeRequest", (event) => {
  const line = event.detail.elt.id === "quick-preview" && event.detail.elt.closest("form[data-quick]");
  if (line && line.elements.text.getAttribute("aria-invalid") === "true") event.preventDefault();
});

document.addEventListener("input", (event) => {
  if (event.target.matches?.("form[data-quick] [aria-invalid]")) event.target.removeAttribute("aria-invalid");
});

document.getElementById("dialog")?.addEventListener("close", () => (asked = null));

// Esc empties what is not wanted, and goes back to the page.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !event.target.matches?.("form[data-quick] [name=text]")) return;
  if (event.target.value) empty(event.target.form);
  else event.target.blur();
});
