// Brings the operations of this device to the server: one tab at a time, in order, each exactly once, for as long as it
// takes. Nothing is dropped but what the server has confirmed.

import { settle, waiting } from "offline/operations";
import { deviceOf, fact, storeOf } from "offline/store";
import { ask, keepAnswer } from "offline/told";

const SCHEMA = 1;
const MOST = 500;
const MOST_BYTES = 900_000; // the server takes a mebibyte
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;

let pause = FIRST_PAUSE_MS;
let timer = null;
let state = "idle";

/** idle, syncing, offline, later (the server asks for patience), signedOut, otherPerson, outdated. */
export const stateOfSync = () => state;

function turn(to) {
  state = to;
  document.dispatchEvent(new CustomEvent("sync-state", { detail: to }));
}

/** Sends what waits, if there is anything; safe to call at any time and from any tab. */
export function send(person, addresses) {
  clearTimeout(timer);
  return navigator.locks.request(`workhub-sync-${person}`, { ifAvailable: true }, (lock) => lock && work(person, addresses));
}

async function work(person, addresses) {
  let most = MOST;
  for (;;) {
    const operations = fitting(await waiting(person), most);
    if (!operations.length) return turn("idle");
    turn("syncing");
    const outcome = await post(person, addresses, operations);
    if (outcome.status === 413 && operations.length > 1) most = Math.ceil(operations.length / 2);
    else if (outcome.status !== 200) return stumble(outcome, person, addresses);
    else if (!(await take(person, operations, outcome.body))) return again(person, addresses, "later");
    else pause = FIRST_PAUSE_MS;
  }
}

function fitting(operations, most) {
  let bytes = 0;
  return operations.slice(0, most).filter((operation) => (bytes += JSON.stringify(operation).length * 2) <= MOST_BYTES || bytes === 0);
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
    if (["applied", "duplicate", "merged"].includes(result?.status)) done.push(seq);
    else if (result?.status === "rejected") refusals.push({ seq, refusal: result });
  }
  await settle(person, { done, refusals });
  await keepAnswer(await storeOf(person), answer);
  document.dispatchEvent(new CustomEvent("synced", { detail: answer }));
  return done.length + refusals.length > 0;
}

async function stumble({ status, after }, person, addresses) {
  if (status === 403) await ask(addresses.session, person).catch(() => null); // the token of before the last sign-in
  if (status === 401) return turn("signedOut");
  if (status === 409) return turn("otherPerson");
  if (status === 426) return turn("outdated");
  return again(person, addresses, status === 0 ? "offline" : "later", Number(after) * 1000);
}

function again(person, addresses, how, wanted = 0) {
  turn(how);
  timer = setTimeout(() => send(person, addresses), Math.max(wanted || 0, pause));
  pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
}
