// The API tried out on the page that describes it: a request goes out as a program would send it.
const LONGEST = 50_000;
const main = document.getElementById("main");
const access = document.getElementById("api-access");

document.querySelectorAll("[data-try]").forEach((part) => (part.hidden = false));

function asked(form) {
  // Not `form.dataset`: a field of that name stands before it.
  const path = form.getAttribute("data-path").replace(/\{(\w+)\}/g, (_whole, name) => form.elements[name].value);
  const headers = { Accept: "application/json" };
  // With a token as a program, else as the person who is signed in here.
  if (access.value.trim()) headers.Authorization = `Bearer ${access.value.trim()}`;
  else if (main.dataset.csrf) headers["X-CSRFToken"] = main.dataset.csrf;
  const body = form.elements.body?.value;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const credentials = access.value.trim() ? "omit" : "same-origin";
  return [path, { method: form.getAttribute("data-method"), headers, body, credentials }];
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function show(answer, form) {
  const file = answer.headers.get("Content-Disposition")?.match(/filename="?([^";]+)/)?.[1];
  const blob = await answer.blob();
  if (file) {
    save(blob, file);
    return `${file}, ${blob.size.toLocaleString()} B`;
  }
  const text = indented(await blob.text());
  const shown = form.querySelector("pre");
  shown.hidden = false;
  shown.firstElementChild.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
  const made = answer.ok && text.includes('"access"') && JSON.parse(text).access;
  if (made) access.value = made;
  return `${blob.size.toLocaleString()} B`;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".api-try form");
  if (!form) return;
  event.preventDefault();
  const told = form.querySelector("[data-told]");
  told.textContent = "…";
  form.querySelector("pre").hidden = true;
  const began = performance.now();
  try {
    const answer = await fetch(...asked(form));
    const what = await show(answer, form);
    told.textContent = `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - began)} ms · ${what}`;
  } catch (failure) {
    told.textContent = String(failure.message);
  }
});
