// <wh-picker>: a button that opens a combobox of projects and tasks. The server searches; the choice lands in two hidden
// fields and is told by the event `picked`. What nothing matches can be made on the spot.

import { Combobox } from "combobox";

class Picker extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector(".picker-button");
    this.popup = this.querySelector(".picker-popup");
    const input = this.querySelector("[role=combobox]");
    const list = this.querySelector(".picker-list");
    this.combobox = new Combobox(input, list, (option) => this.choose(option));
    this.button.addEventListener("click", (event) => this.toggle(event));
    this.button.addEventListener("keydown", (event) => event.key === " " && this.toggle(event));
    input.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    list.addEventListener("htmx:afterSettle", () => this.choose(list.querySelector("[data-made]")));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.close(false);
    });
    this.away = (event) => this.isConnected && !this.contains(event.target) && this.close(false);
    document.addEventListener("pointerdown", this.away);
  }

  disconnectedCallback() {
    document.removeEventListener("pointerdown", this.away);
  }

  toggle(event) {
    event.preventDefault();
    if (!this.popup.hidden) return this.close(true);
    this.popup.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.combobox.open();
  }

  close(returnFocus) {
    if (this.popup.hidden) return;
    this.popup.hidden = true;
    this.combobox.close();
    this.button.setAttribute("aria-expanded", "false");
    if (returnFocus) this.button.focus();
  }

  press(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.close(true);
  }

  choose(option) {
    if (!option) return;
    if (option.dataset.create) return this.create(option.dataset);
    const { project = "", task = "", note } = option.dataset;
    const fields = ["project", "task"].map((name) => this.querySelector(`input[name=${name}]`));
    const changed = fields[0].value !== project || fields[1].value !== task;
    [fields[0].value, fields[1].value] = [project, task];
    const words = this.closest("form")?.elements.note;
    if (note && words && !words.value) words.value = note;
    this.show(option.dataset);
    this.close(true);
    if (changed) this.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  }

  create({ create, inside }) {
    const list = this.querySelector(".picker-list");
    if (this.isCreating) return;
    this.isCreating = true;
    const values = { name: create, project: inside };
    const sent = htmx.ajax("POST", this.dataset.create, { source: document.body, target: list, swap: "innerHTML", values });
    sent.finally(() => (this.isCreating = false));
  }

  show({ label, colour }) {
    const { none, nameNone, nameChosen } = this.dataset;
    this.button.querySelector(".swatch").className = `swatch if-chosen s${colour || 6}`;
    this.button.classList.toggle("chip-solid", Boolean(label));
    this.button.querySelector(".truncate").textContent = label || none;
    this.button.setAttribute("aria-label", label ? nameChosen.replace("%s", () => label) : nameNone);
  }
}

customElements.define("wh-picker", Picker);
