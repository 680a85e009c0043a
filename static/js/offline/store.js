// What this device keeps for a person: the operations that the server has not confirmed yet, and what it last knew of them.
// One database for each person, so that two who share a device never see or send each other's.

import { openDB } from "idb";

const VERSION = 1;
const PERSON = "workhub-person";
const opened = new Map();

/** The person whom this device works for, or null: the last one who was signed in and did not sign out. */
export const person = () => localStorage.getItem(PERSON);

export const setPerson = (id) => (id ? localStorage.setItem(PERSON, id) : localStorage.removeItem(PERSON));

/** The database of a person; `operations` in the order they were made, `facts` by name. */
export function storeOf(id) {
  if (!opened.has(id)) {
    const opening = openDB(`workhub-${id}`, VERSION, {
      upgrade(database) {
        database.createObjectStore("operations", { keyPath: "seq", autoIncrement: true });
        database.createObjectStore("facts");
      },
      blocking: (_from, _to, event) => event.target.close(),
    });
    opened.set(id, opening);
  }
  return opened.get(id);
}

export const fact = async (store, name) => store.get("facts", name);

export const keepFacts = async (store, facts) => {
  const change = store.transaction("facts", "readwrite");
  await Promise.all([...Object.entries(facts).map(([name, value]) => change.store.put(value, name)), change.done]);
};

/** This device's own name, the same for as long as its storage lives. */
export async function deviceOf(store) {
  const known = await fact(store, "device");
  if (known) return known;
  const device = crypto.randomUUID();
  await keepFacts(store, { device });
  return device;
}

/** Forgets what the server told about a person; what they did and is not sent yet stays. */
export async function forget(id) {
  const store = await storeOf(id);
  const [session, device] = [await fact(store, "session"), await fact(store, "device")];
  await store.clear("facts");
  await keepFacts(store, { device, owner: session?.user.email });
}
