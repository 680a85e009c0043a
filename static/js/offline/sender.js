// Brings the operations of this device to the server: one tab at a time, in order, each exactly once, for as long as it
// takes. Nothing is dropped but what the server has confirmed.

import { settle, waiting } from "offline/operations";
import { deviceOf, fact, keepFacts, storeOf } from "offline/store";
import { ask, keepAnswer } from "offline/told";

const SCHEMA = 1;
const MOST = 500;
const MOST_BYTES = 900_000; // the server takes a mebibyte
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000; // longer than that is a clock that was set
const STANDING = { 401: "signedOut", 409: "otherPerson", 426: "outdated" };

let pause = FIRST_PAUSE_MS;
let timer = null;
let queued = null;
let state = "idle";

/** idle, syncing, offline, later (the server asks for patience), signedOut, otherPerson, outdated. */
export const stateOfSync = () => state;

function turn(to) {
  state = to;
  document.dispatchEvent(new CustomEvent("sync-state", { detail: to }));
}

/** Sends what waits, if there is anything; safe to call at any time and from any tab, which takes its turn. */
export function send(person, addresses) {
  clearTimeout(timer);
  queued ??= navigator.locks.request(`workhub-sync-${person}`, () => {
    queued = null;
    return work(person, addresses);
  });
  return queued;
}

async function work(person, addresses) {
  let most = MOST;
  for (;;) {
    const operations = fitting(await waiting(person), most);
    if (!operations.length) return turn("idle");
    const wait = await stillToWait(person);
    if (wait) return again(person, addresses, "later", wait);
    turn("syncing");
    const outcome = await post(person, addresses, operations);
    if (outcome.status === 413) most = await makeSmaller(person, operations, outcome.body);
    else if (outcome.status !== 200) return stumble(outcome, person, addresses);
    else if (await take(person, operations, outcome.body)) pause = FIRST_PAUSE_MS;
    else return again(person, addresses, "later", pause);
  }
}

function fitting(operations, most) {
  let bytes = 0;
  const fits = (operation, place) => (bytes += JSON.stringify(operation).length * 2) <= MOST_BYTES || place === 0;
  return operations.slice(0, most).filter(fits);
}

/** How many may be sent at once after these were too large; one that is so by itself must not hold up the others. */
async function makeSmaller(person, operations, refusal) {
  if (operations.length > 1) return Math.ceil(operations.length / 2);
  await settle(person, { refusals: [{ seq: operations[0].seq, refusal }] });
  return MOST;
}

async function post(person, addresses, operations) {
  const store = await storeOf(person);
  const session = await fact(store, "session");
  const body = {
    schema: SCHEMA,
    user: Number(person),
    workspace: session?.workspace.id ?? null,
    device: await deviceOf(store),
    sent_at: new Date().toISOString(),
    cursor: (await fact(store, "cursor")) ?? null,
    ops: operations,
  };
  try {
    const answer = await fetch(addresses.batch, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": session?.csrf_token ?? "" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: answer.status, body: await answer.json(), after: answer.headers.get("Retry-After") };
  } catch {
    return { status: 0 };
  }
}

/** Takes the answer to a batch; false when nothing in it moved on. */
async function take(person, operations, answer) {
  const outcome = new Map(answer.results.map((result) => [result.op, result]));
  const done = [];
  const refusals = [];
  for (const { op, seq } of operations) {
    const result = outcome.get(op);
    const status = result?.outcome ?? result?.status; // of one that was told before: what came of it then
    if (["applied", "merged", "deferred"].includes(status)) done.push(seq);
    else if (status === "rejected") refusals.push({ seq, refusal: result });
  }
  await keepAnswer(await storeOf(person), answer); // before they are let go: what was seen must not blink
  await settle(person, { done, refusals });
  return done.length + refusals.length > 0;
}

async function stumble({ status, after }, person, addresses) {
  if (status === 403) await ask(addresses.session, person).catch(() => null); // the token of before the last sign-in
  if (STANDING[status]) return turn(STANDING[status]);
  const wanted = (Number(after) || 0) * 1000;
  if (wanted) await keepFacts(await storeOf(person), { notBefore: Date.now() + wanted });
  again(person, addresses, status === 0 ? "offline" : "later", Math.max(wanted, pause));
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}

/** What is left of the time that the server asked for, whichever tab it told. */
async function stillToWait(person) {
  const left = ((await fact(await storeOf(person), "notBefore")) ?? 0) - Date.now();
  return left > 0 && left < LONGEST_WAIT_MS ? left : 0;
}

function again(person, addresses, how, wait) {
  turn(how);
  clearTimeout(timer);
  timer = setTimeout(() => send(person, addresses), wait);
}
