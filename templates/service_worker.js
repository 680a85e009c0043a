// Between the pages and the network. It keeps two things only: hashed static files, and one shell that is the same for
// everybody. What a signed-in person sees is never kept here.

const FACTS = {{ facts|safe }};
const KEPT = `workhub-${FACTS.version}`; // one version at a time: a new shell brings its files, the old ones go
const PATIENCE_MS = 5000;
const isHashed = (url) => /\.[0-9a-f]{12}\.\w+$/.test(url.pathname);
const isStatic = (url) => url.pathname.startsWith(FACTS.static);
const named = (text) => [...text.matchAll(/["'(]([^"'()\s]+\.(?:css|js|svg|woff2|png))["')#]/g)].map((found) => found[1]);

self.addEventListener("install", (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (isStatic(url)) event.respondWith(isHashed(url) ? fromFiles(event.request) : fromNetwork(event.request));
  else if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
});

// Everything that the shell leads to, found the way a browser finds it: in its text, and in its style sheets.
async function keepShell() {
  const answer = await fetch(FACTS.shell, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(`The shell answered ${answer.status}`);
  const kept = await caches.open(KEPT);
  const known = new Set();
  let wanted = named(await answer.clone().text()).map((path) => new URL(path, location.origin));
  while (wanted.length) {
    const fresh = wanted.filter((url) => isStatic(url) && !known.has(url.href) && known.add(url.href));
    const found = await Promise.all(fresh.map((url) => keepFile(kept, url)));
    wanted = found.flat();
  }
  await kept.put(FACTS.shell, answer);
}

async function keepFile(kept, url) {
  const answer = await fetch(url.href, { credentials: "omit" });
  if (!answer.ok) throw new Error(`${url.pathname} answered ${answer.status}`);
  await kept.put(url.href, answer.clone());
  if (!url.pathname.endsWith(".css")) return [];
  return named(await answer.text()).map((path) => new URL(path, url));
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
}

async function fromFiles(request) {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) keep(request.url, answer.clone());
  return answer;
}

const keep = async (address, answer) => {
  try {
    await (await caches.open(KEPT)).put(address, answer);
  } catch {
    // A full disk: the file came all the same, and comes again the next time.
  }
};

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const kept = await caches.match(request.url, { ignoreVary: true });
    if (kept) return kept;
    throw failure;
  }
}

// The network first. On the workbench nobody waits for a line that is dead without saying so; elsewhere a long answer
// may be a report that takes its time.
async function page(request, url) {
  const asked = fetch(request).then((answer) => ([502, 503, 504].includes(answer.status) ? shellOr(answer) : answer));
  const failed = asked.catch(() => shellOr(Response.error()));
  if (url.pathname !== FACTS.workbench) return failed;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)).then(() => caches.match(FACTS.shell, { ignoreVary: true }));
  return Promise.race([failed, late.then((shell) => shell ?? failed)]);
}

const shellOr = async (answer) => (await caches.match(FACTS.shell, { ignoreVary: true })) ?? answer;
