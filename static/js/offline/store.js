// What this device keeps for a person: the operations that the server has not confirmed yet, and what it last knew of them.
// One database for each person, so that two who share a device never see or send each other's.

import { openDB } from "idb";

const VERSION = 1;
const opened = new Map();

function open(name, upgrade) {
  if (!opened.has(name)) opened.set(name, openDB(name, VERSION, { upgrade, blocking: (_from, _to, event) => event.target.close() }));
  return opened.get(name);
}

const device = () => open("workhub", (database) => database.createObjectStore("facts"));

/** The person whom this device works for, or undefined: the last one who was signed in and did not sign out. */
export const person = async () => (await device()).get("facts", "person");

/** Not in the local storage: that is written some seconds later, and a browser that is killed loses it. */
export async function setPerson(id) {
  const change = (await device()).transaction("facts", "readwrite", { durability: "strict" });
  await Promise.all([id ? change.store.put(id, "person") : change.store.delete("person"), change.done]);
}

/** The database of a person; `operations` in the order they were made, `facts` by name. */
export const storeOf = (id) =>
  open(`workhub-${id}`, (database) => {
    database.createObjectStore("operations", { keyPath: "seq", autoIncrement: true });
    database.createObjectStore("facts");
  });

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
