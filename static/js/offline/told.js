// What the server last told of a person and their time, kept on the device for when it cannot be asked.

import { fact, keepFacts, storeOf } from "offline/store";

const PATIENCE_MS = 20_000;
const NOBODY = [401, 403];

/** Asks who is signed in and what there is; the answer, or null when it is not this person. Throws when nobody answers. */
export async function ask(address, person) {
  const sent = Date.now();
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" }, signal });
  if (NOBODY.includes(answer.status)) return null;
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  const session = await answer.json();
  if (String(session.user.id) !== person) return null;
  const seen = Date.now();
  const offset = Date.parse(session.server_time) - (sent + seen) / 2;
  const { cursor, ...kept } = session;
  await keepFacts(await storeOf(person), { session: kept, cursor, seen, offset });
  return session;
}

/** Lays the changes that came with the answer to a batch over what was known. */
export async function keepAnswer(store, answer) {
  const session = await fact(store, "session");
  if (!session) return;
  const changed = new Map(answer.reset ? [] : session.entries.map((entry) => [entry.id, entry]));
  for (const entry of answer.entries) changed.set(entry.id, entry);
  for (const id of answer.deleted) changed.delete(id);
  const entries = [...changed.values()];
  await keepFacts(store, { session: { ...session, entries, live: answer.live }, cursor: answer.cursor, seen: Date.now() });
}

export const lastTold = async (person) => {
  const store = await storeOf(person);
  return { session: await fact(store, "session"), seen: await fact(store, "seen") };
};
