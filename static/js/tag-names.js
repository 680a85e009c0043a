// Fields for several tags: behind each comma the list suggests again, without the tags that are there already.

function suggest(field) {
  const list = field.list;
  if (!list) return;
  const names = (list.names ??= [...list.options].map((option) => option.value));
  const typed = field.value.split(",").map((name) => name.trim());
  const before = typed.slice(0, -1).filter(Boolean);
  const start = before.length ? `${before.join(", ")}, ` : "";
  const open = names.filter((name) => !before.some((other) => other.toLowerCase() === name.toLowerCase()));
  list.replaceChildren(...open.map((name) => new Option("", start + name)));
}

document.addEventListener("focusin", (event) => event.target.matches?.("[data-tags]") && suggest(event.target));
document.addEventListener("input", (event) => event.target.matches?.("[data-tags]") && suggest(event.target));
