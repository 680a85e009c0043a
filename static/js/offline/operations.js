// What a person does on this device, written to its disk before anything else happens, so that a closed tab, a killed
// browser or a dead line loses nothing. The sender takes it from there.

import { serverNow } from "clock";
import { uuid7 } from "offline/identifiers";
import { fact, storeOf } from "offline/store";

const news = new BroadcastChannel("workhub-operations");

/** Keeps one operation; resolves once it is on disk. `kind` and `data` as in docs/api.md. */
export async function record(person, kind, entity, data = {}) {
  const store = await storeOf(person);
  const title = kind.startsWith("task.") ? await titleOf(store, entity) : undefined;
  const change = store.transaction("operations", "readwrite", { durability: "strict" });
  const at = new Date().toISOString();
  await change.store.add({ op: uuid7(), kind, entity, data, at, offset_ms: Math.round(serverNow() - Date.now()), title });
  await change.done;
  tell();
}

// Kept beside the operation, to name the task also when it is gone.
const titleOf = async (store, task) => (await fact(store, "session"))?.tasks.find(({ id }) => id === task)?.title;

export const waiting = async (person) => (await all(person)).filter((operation) => !operation.refusal);

/** Those that the server refused, each with its `refusal` {code, message, current}, until somebody decides. */
export const refused = async (person) => (await all(person)).filter((operation) => operation.refusal);

export const all = async (person) => (await storeOf(person)).getAll("operations");

export async function settle(person, { done = [], refusals = [] }) {
  const store = await storeOf(person);
  const change = store.transaction("operations", "readwrite", { durability: "strict" });
  const steps = done.map((seq) => change.store.delete(seq));
  for (const { seq, refusal } of refusals) {
    const kept = await change.store.get(seq);
    if (kept) steps.push(change.store.put({ ...kept, refusal }));
  }
  await Promise.all([...steps, change.done]);
  if (done.length || refusals.length) tell();
}

/** Sends it once more, as it is or with other data; a new id, since the old one has its answer. */
export async function retry(person, operation, data = operation.data) {
  const store = await storeOf(person);
  const { refusal: _gone, ...kept } = operation;
  await store.put("operations", { ...kept, data, op: uuid7() });
  tell();
}

export const discard = (person, operation) => settle(person, { done: [operation.seq] });

/** Calls back when operations come or go, in whichever tab. */
export function onChange(listener) {
  news.addEventListener("message", listener);
  document.addEventListener("operations-changed", listener);
}

function tell() {
  news.postMessage("changed");
  document.dispatchEvent(new CustomEvent("operations-changed"));
}
