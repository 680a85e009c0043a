// A field over a list that the server fills while people type: arrows point, Enter chooses, a screen reader hears which.
// Keys that come before the list of the words typed are kept for it, so nobody chooses from the list of the words before.
// A free field may also say something that is not in the list: nothing is pointed at unasked, and Enter is the form's.

export class Combobox {
  constructor(input, list, choose, { isFree = false } = {}) {
    Object.assign(this, { input, list, choose, isFree, listed: null, ahead: [] });
    input.addEventListener("input", () => this.wait());
    input.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.target === list) this.renew(event.detail.requestConfig.parameters[input.name]);
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get pointed() {
    return this.list.querySelector('[aria-selected="true"]');
  }

  get isCurrent() {
    return this.listed === this.input.value;
  }

  open() {
    this.listed = null;
    this.input.value = "";
    this.wait();
    this.input.focus();
    htmx.trigger(this.input, "combobox-open");
  }

  wait() {
    this.ahead = [];
    this.list.setAttribute("aria-busy", String(!this.isCurrent));
  }

  close() {
    this.list.replaceChildren();
    this.point(null);
    this.input.setAttribute("aria-expanded", "false");
  }

  renew(text) {
    this.listed = text;
    this.input.setAttribute("aria-expanded", String(this.options.length > 0));
    this.point(this.isFree ? null : this.options[0]);
    this.list.setAttribute("aria-busy", String(!this.isCurrent));
    if (this.isCurrent) this.ahead.splice(0).forEach((key) => this.act(key));
  }

  point(option) {
    this.options.forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (event.isComposing || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    if (this.isFree && event.key === "Enter" && !this.pointed) return;
    if (this.isFree && this.isCurrent && !this.options.length) return htmx.trigger(this.input, "combobox-open");
    event.preventDefault();
    event.stopPropagation();
    if (this.isCurrent) this.act(event);
    else this.ahead.push(event);
  }

  act({ key, ctrlKey, metaKey }) {
    if (key === "Enter") return this.pointed && this.choose(this.pointed, ctrlKey || metaKey);
    const all = this.options;
    const step = key === "ArrowDown" ? 1 : -1;
    if (all.length) this.point(all[(all.indexOf(this.pointed) + step + all.length) % all.length]);
  }
}
