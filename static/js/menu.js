// <details class="menu">: one open at a time, closed by Esc or a click elsewhere, arrows move, and placed where it fits.

const openMenus = () => document.querySelectorAll("details.menu[open]");

function place(menu) {
  const list = menu.querySelector(".menu-list");
  const button = menu.querySelector("summary").getBoundingClientRect();
  list.classList.add("is-placed");
  menu.placedAt = menu.getBoundingClientRect().top;
  const below = button.bottom + 4 + list.offsetHeight <= innerHeight;
  const left = menu.matches(".menu-start") ? button.left : button.right - list.offsetWidth;
  list.style.top = `${Math.max(8, below ? button.bottom + 4 : button.top - 4 - list.offsetHeight)}px`;
  list.style.left = `${Math.max(8, Math.min(left, innerWidth - list.offsetWidth - 8))}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.menu") || !menu.open) return;
    openMenus().forEach((other) => (other.open = other === menu));
    place(menu);
  },
  true,
);

document.addEventListener("click", (event) => {
  openMenus().forEach((menu) => {
    if (!menu.contains(event.target) || event.target.closest(".menu-item")) menu.open = false;
  });
});

function closeWhenMoved() {
  openMenus().forEach((menu) => {
    if (Math.abs(menu.getBoundingClientRect().top - menu.placedAt) > 1) menu.open = false;
  });
}

document.addEventListener("scroll", closeWhenMoved, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item")];
  const present = items.indexOf(document.activeElement);
  items[(present + step + items.length + (present < 0 && step < 0 ? 1 : 0)) % items.length]?.focus();
});
