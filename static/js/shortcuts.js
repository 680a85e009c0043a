// Keys are declared where they act: data-key="t", "shift+t" or "g w" on a control, data-row-key="e" inside a table row.
// Single keys can be switched off in the profile (WCAG 2.1.4) and never fire in fields or with modifiers.

const PAUSE = 1500;
let prefix = "";
let forget;

const inField = (target) =>
  target.isContentEditable || target.matches?.('textarea, select, input:not([type="checkbox"]):not([type="radio"])');
const scope = () => [...document.querySelectorAll("dialog[open]")].pop() ?? document;
const isVisible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function find(combination) {
  const marked = [...scope().querySelectorAll("[data-key]")];
  return marked.find((control) => control.dataset.key === combination && !control.disabled && isVisible(control));
}

function act(control) {
  if (inField(control)) control.focus();
  else control.click();
}

function rows() {
  return [...document.querySelectorAll("main .table > tbody > tr:not(.group-row):not(.break-row)")].filter(isVisible);
}

// The row with the mark, or the one that somebody has got into with Tab.
const currentRow = () =>
  document.activeElement.closest("main .table > tbody > tr") ?? document.querySelector("tr.is-current");
let place = -1;

function moveRow(step) {
  const all = rows();
  return goTo(all, all.indexOf(currentRow()) + step);
}

function goTo(all, index) {
  place = Math.min(Math.max(index, 0), all.length - 1);
  const next = all[place];
  if (!next) return false;
  document.querySelector("tr.is-current")?.classList.remove("is-current");
  next.classList.add("is-current");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// When the list was fetched anew and took the focus along, as after a deletion, the row in its place has it next.
document.addEventListener("htmx:afterSettle", () => {
  if (place < 0 || document.querySelector("tr.is-current, dialog[open]")) return;
  if (document.activeElement === document.body) goTo(rows(), place);
});

function inRow(key) {
  const row = currentRow();
  if (!row) return false;
  const control =
    {
      x: row.querySelector("input[type=checkbox]"),
      enter: row === document.activeElement ? row.querySelector("[data-open], a[href]") : null,
    }[key] ?? row.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  control?.click();
  return Boolean(control);
}

function rowKey(key) {
  if (scope() !== document) return false;
  if (key === "j" || key === "k") return moveRow(key === "j" ? 1 : -1);
  return inRow(key);
}

function pressed(event) {
  const key = event.key.toLowerCase();
  return event.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key;
}

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.singleKeys === "false") return;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (inField(event.target) || ["Shift", "Tab", "Escape"].includes(event.key)) return;
  const key = pressed(event);
  const control = find(prefix ? `${prefix} ${key}` : key);
  clearTimeout(forget);
  const wasPrefix = prefix;
  prefix = "";
  if (control) act(control);
  else if (key === "?" && !wasPrefix) openSheet();
  else if (!wasPrefix && document.querySelector(`[data-key^="${CSS.escape(key)} "]`)) {
    prefix = key;
    forget = setTimeout(() => (prefix = ""), PAUSE);
  } else if (wasPrefix || !rowKey(key)) return;
  event.preventDefault();
});

// From any field of a form, also one in which Enter begins a new line.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || event.isComposing) return;
  const form = event.target.form;
  if (form?.method !== "post" || event.target.role === "combobox") return;
  const buttons = [...form.elements].filter((control) => control.type === "submit" && isVisible(control));
  event.preventDefault();
  form.requestSubmit(buttons.find((button) => button.matches("[data-save], .btn-primary")) ?? buttons[0]);
});

function label(control) {
  const text = control.dataset.keyLabel ?? control.getAttribute("aria-label");
  if (text) return text;
  const copy = control.cloneNode(true);
  copy.querySelectorAll("kbd, .nav-count, .count").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ") || control.getAttribute("placeholder");
}

function fillSheet(sheet) {
  const list = sheet.querySelector("[data-shortcut-list]");
  const row = sheet.querySelector("template").content.firstElementChild;
  const seen = new Set();
  list.replaceChildren();
  document.querySelectorAll("[data-key]").forEach((control) => {
    const key = control.dataset.key;
    if (seen.has(key) || !isVisible(control)) return;
    seen.add(key);
    const line = row.cloneNode(true);
    line.querySelector("[data-shortcut-name]").textContent = label(control);
    const keys = key.split(/[ +]/).map((part) => {
      const cap = document.createElement("kbd");
      cap.textContent = part.charAt(0).toUpperCase() + part.slice(1);
      return cap;
    });
    line.querySelector("[data-shortcut-keys]").replaceChildren(...keys);
    list.append(line);
  });
}

function openSheet() {
  const sheet = document.getElementById("shortcuts");
  if (!sheet || document.querySelector("dialog[open]")) return;
  fillSheet(sheet);
  sheet.showModal();
}

document.addEventListener("click", (event) => {
  const sheet = document.getElementById("shortcuts");
  if (!sheet) return;
  if (event.target.closest("[data-open-shortcuts]")) openSheet();
  else if (event.target === sheet || event.target.closest("#shortcuts [data-close]")) sheet.close();
});
