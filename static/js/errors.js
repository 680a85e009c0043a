// A request that failed says so in place, and that nothing was changed. The sentences come from the page, so they translate.

const region = document.getElementById("alerts");

function say(text) {
  const alert = document.getElementById("alert-template").content.firstElementChild.cloneNode(true);
  alert.querySelector("[data-alert-text]").textContent = text;
  const dialog = document.querySelector("dialog[open] [data-alerts]");
  (dialog ?? region).replaceChildren(alert);
  alert.scrollIntoView({ block: "nearest" });
}

function sentence(status) {
  if (status === 403) return region.dataset.refused;
  if (status === 404) return region.dataset.missing;
  if (status === 429) return region.dataset.often;
  return region.dataset.broken;
}

function clear() {
  document.querySelectorAll("[data-alerts]").forEach((place) => place.replaceChildren());
}

if (region) {
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401) say(sentence(event.detail.xhr.status));
  });
  document.addEventListener("htmx:sendError", () => say(region.dataset.unreached));
  document.addEventListener("htmx:timeout", () => say(region.dataset.unreached));
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && clear());
  document.addEventListener("click", (event) => event.target.closest("[data-alert-close]") && clear());
}
