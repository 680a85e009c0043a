// The currency beside each amount of a form follows the choice that decides it: a select[data-money-currency], whose options
// are currencies themselves or tell theirs. The attribute's own value counts where nothing is chosen.

document.addEventListener("change", (event) => {
  const select = event.target;
  if (!select.matches?.("select[data-money-currency]")) return;
  const currency = select.selectedOptions[0]?.dataset.currency || select.dataset.moneyCurrency || select.value;
  select.form.querySelectorAll("[data-currency]:not(option)").forEach((place) => (place.textContent = currency));
});
