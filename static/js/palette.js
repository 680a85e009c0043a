// Ctrl/Cmd+K: one line to go anywhere or do anything. A combobox over the server's results; the server does the searching.

import { Combobox } from "combobox";

const palette = document.getElementById("palette");
const results = document.getElementById("palette-results");
const combobox = palette && new Combobox(palette.querySelector("[role=combobox]"), results, run);

function run(option, inNewTab) {
  if (inNewTab && option.href) window.open(option.href, "_blank", "noopener");
  else option.click();
}

export function openPalette() {
  if (!palette || document.querySelector("dialog[open]")) return;
  palette.showModal();
  combobox.open();
}

if (palette) {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-palette]")) {
      event.preventDefault();
      openPalette();
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      if (palette.open) palette.close();
      else openPalette();
    }
  });
  results.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== combobox.pointed) combobox.point(option);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest("a[href]")) palette.close();
  });
  palette.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.tagName === "FORM" && event.detail.successful) palette.close();
  });
  palette.addEventListener("close", () => combobox.close());
}
