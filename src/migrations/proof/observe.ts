import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "pg";
import { locksOf, ownPid, type HeldLock } from "./locks.ts";
import { whatItDid, type Observed } from "./observed.ts";
import { relationsNow, type Relations } from "./relations.ts";

export type Watched = Observed & { readonly ms: number };

/**
 * Watches the statements of the transaction that a session is in. Locks are kept until its end, so what the session holds right after a
 * statement is all that it took; counters are those of the transaction. Only what is done to `known` is told, where it is given: what
 * a migration has made itself is in nobody's way.
 */
export async function watchTransaction(client: Client, known?: Relations): Promise<(sql: string) => Promise<Watched>> {
  const pid = await ownPid(client);
  let before = await relationsNow(client, "transaction");
  let held = new Set((await locksOf(client, pid)).map(keyOf));
  return async (sql) => {
    const start = performance.now();
    await client.query(sql);
    const ms = performance.now() - start;
    const locks = await locksOf(client, pid);
    const after = await relationsNow(client, "transaction");
    const taken = locks.filter((lock) => !held.has(keyOf(lock)));
    const did = whatItDid({ before, after, known: known ?? before }, taken);
    before = after;
    held = new Set(locks.map(keyOf));
    return { ...did, ms };
  };
}

const keyOf = ({ oid, mode }: HeldLock): string => `${oid} ${mode}`;

export type Sessions = {
  readonly worker: Client;
  readonly watcher: Client;
  /** They stand in the statement's way in turns, so that it has to show what it waits for. */
  readonly holders: readonly [Client, Client];
};

/** A statement that waits more often than any does is let through. */
const mostStops = 20;

/**
 * One statement that runs outside of a transaction, as CONCURRENTLY has to: it may take and leave locks at any moment. Another session
 * stands in its way on every table; when it waits, that is looked at, a third session gets in the way of what comes next, and the
 * first one lets go. What is in the way of nobody who writes may be missed, when it is held for less than a look takes.
 */
export async function observeAlone({ worker, watcher, holders }: Sessions, sql: string, known?: Relations): Promise<Watched> {
  const pid = await ownPid(worker);
  const before = await countedNow(worker);
  const seen = new Map<string, HeldLock>();
  let [holding, next] = holders;
  await hold(holding, before, "SHARE UPDATE EXCLUSIVE");
  const statement = { ended: false };
  const startedAt = performance.now();
  const running = worker.query(sql).finally(() => (statement.ended = true));
  // Its failure is told below, when the holders have let go.
  running.catch(() => undefined);
  for (let stops = 0; !statement.ended;) {
    const waits = await isWaiting(watcher, pid);
    for (const lock of await locksOf(watcher, pid)) seen.set(keyOf(lock), lock);
    if (waits && stops <= mostStops) {
      stops += 1;
      if (stops < mostStops) await hold(next, before, "ROW EXCLUSIVE");
      await holding.query("ROLLBACK");
      [holding, next] = [next, holding];
    }
    await delay(1);
  }
  const ms = performance.now() - startedAt;
  for (const holder of holders) await holder.query("ROLLBACK");
  await running;
  const after = await countedNow(worker);
  return { ...whatItDid({ before, after, known: known ?? before }, [...seen.values()]), ms };
}

/** What cannot be had at once is left: somebody is waiting for it. */
async function hold(client: Client, relations: Relations, mode: "ROW EXCLUSIVE" | "SHARE UPDATE EXCLUSIVE"): Promise<void> {
  const tables = [...relations.values()].filter(({ kind }) => kind === "table" || kind === "partitioned");
  const locks = tables.map(
    ({ name }) => `BEGIN LOCK TABLE ONLY ${name} IN ${mode} MODE NOWAIT; EXCEPTION WHEN OTHERS THEN NULL; END;`,
  );
  await client.query("BEGIN");
  await client.query(`DO $gantry$ BEGIN ${locks.join(" ")} END $gantry$`);
}

const waiting = `SELECT 1 FROM pg_locks WHERE pid = $1 AND NOT granted`;
const isWaiting = async (watcher: Client, pid: number): Promise<boolean> => (await watcher.query(waiting, [pid])).rows.length > 0;

/** What a session has counted reaches the server when it says so, once it is idle. */
async function countedNow(client: Client): Promise<Relations> {
  await client.query("SELECT pg_stat_force_next_flush()");
  return relationsNow(client, "server");
}
