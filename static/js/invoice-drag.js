// Lines of an invoice are dragged by their handle, with mouse or finger; Alt and an arrow does the same by keyboard.

function makeSortable() {
  const lines = document.querySelector("[data-lines]");
  if (!lines || window.Sortable.get(lines)) return;
  window.Sortable.create(lines, {
    handle: "[data-line-handle]",
    draggable: "[data-line]",
    ghostClass: "is-dragged",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex !== newIndex) item.dispatchEvent(new CustomEvent("line-dropped", { bubbles: true }));
    },
  });
}

makeSortable();
document.addEventListener("htmx:load", makeSortable);
