// <wh-recent>: under the empty note of a stopped timer lie the last five things that differ; Enter starts the one that is
// pointed at with all that it had. Typing filters them; with none pointed at, Enter starts what was typed.

import { Combobox } from "combobox";

class Recent extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".timer-recent");
    if (!this.list) return;
    this.input = this.querySelector("input");
    this.combobox = new Combobox(this.input, this.list, (option) => this.start(option), { isFree: true });
    this.input.addEventListener("focus", () => this.input.value || this.combobox.open());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("htmx:afterSettle", () => this.show());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.start(event.target.closest("[role=option]")));
  }

  show() {
    this.list.hidden = !this.combobox.options.length || document.activeElement !== this.input;
    if (this.list.hidden) this.combobox.close();
  }

  close() {
    this.list.hidden = true;
    this.combobox.close();
  }

  press(event) {
    if (event.key !== "Escape" || event.isComposing || this.list.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  start(option) {
    if (!option) return;
    this.close();
    this.input.blur();
    const values = { replacing: "" };
    htmx.ajax("POST", option.dataset.start, { source: document.body, target: "#timer", swap: "outerHTML", values });
  }
}

customElements.define("wh-recent", Recent);
