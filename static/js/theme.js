// The switch turns at once; the server keeps the choice. While the theme follows the system, so does an open page.

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function offerOther() {
  const other = root.dataset.bsTheme === "dark" ? "light" : "dark";
  document.querySelectorAll("[data-theme-switch]").forEach((button) => {
    button.value = other;
    button.setAttribute("aria-label", button.dataset[other === "dark" ? "toDark" : "toLight"]);
    button.title = button.getAttribute("aria-label");
  });
}

export function apply(theme) {
  root.dataset.theme = theme;
  root.dataset.bsTheme = theme === "system" ? (system.matches ? "dark" : "light") : theme;
  offerOther();
}

document.addEventListener("submit", (event) => {
  const button = event.submitter?.closest("[data-theme-switch]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const data = new FormData(form, button);
  apply(button.value);
  fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
});

system.addEventListener("change", () => root.dataset.theme === "system" && apply("system"));
offerOther();
