import type { MigrationText } from "../migration.ts";
import { type Backfill, type Key, backfillOf, keysOf } from "./backfill-plan.ts";
import { inTransaction, rowsOf } from "./connect.ts";
import { failureOf } from "./failures.ts";
import { identifier, qualified } from "./identifier.ts";
import { politely } from "./politely.ts";
import { type Half, type Progress, recordDone, writeHalf } from "./records.ts";
import { type Session, pause, refuseAborted } from "./session.ts";

// A backfill.
//
// 1. A batch and the note of how far it has come are one transaction: killed anywhere, it goes on where it was, and no row is done twice.
// 2. Where it ends is settled when it begins: rows that come in behind that were written by code that knows the new column.
// 3. It goes at half the speed it could. Whoever waits for its rows halves its batches; replicas that fall behind make it wait.

const fewest = 25;
const mostPauseMs = 2_000;

export async function runBackfill(
  session: Session,
  {
    name,
    direction,
    text,
    half,
  }: { readonly name: string; readonly direction: "up" | "down"; readonly text: MigrationText; readonly half: Half | undefined },
): Promise<void> {
  const { client, limits, tell, signal } = session;
  const plan = await backfillOf(text);
  const { keys, rows } = await keysOf(client, plan, text);
  const sql = sqlOf(plan, keys);
  const asked = plan.batchRows ?? limits.batchRows;
  let batch = asked;
  const failing = (error: unknown) => failureOf(error, { text, from: 0, sql: "", inTransaction: false });

  let at = half?.progress.backfill ?? (await begin());
  while (at !== undefined) {
    refuseAborted(signal, `${name} has done ${at.changed} rows, and goes on from there when it is called again`);
    const since = performance.now();
    const here = at;
    const size = batch;
    const done = await politely(session, name, () => inTransaction(client, () => oneBatch(here, size))).catch(
      (error: unknown) => {
        throw session.reasonOf(
          failing(error),
          `${name} has done ${here.changed} rows, and goes on from there when it is called again`,
        );
      },
    );
    if (done === undefined) break;
    at = done.at;
    tell({
      event: "backfilled",
      migration: name,
      changed: at.changed,
      seen: at.seen,
      of: Math.max(rows, at.seen),
      batch: size,
      waiters: done.waiters,
    });
    batch = done.waiters > 0 ? Math.max(Math.min(fewest, asked), Math.floor(size / 2)) : Math.min(asked, Math.ceil(size * 1.5));
    const took = performance.now() - since;
    await pause(Math.max(plan.pauseMs, Math.min(mostPauseMs, took * (done.waiters > 0 ? 4 : 1))), signal);
    await letReplicasFollow();
  }
  await inTransaction(client, () => recordDone(client, direction, { name, sha256: text.sha256 }));

  async function begin(): Promise<NonNullable<Progress["backfill"]> | undefined> {
    const [last] = await rowsOf<{ key: readonly string[] }>(client, sql.last);
    if (last === undefined) return undefined;
    const start = { after: [], until: last.key, seen: 0, changed: 0 };
    await keep(start);
    return start;
  }

  async function keep(backfill: NonNullable<Progress["backfill"]>): Promise<void> {
    await writeHalf(client, { name, direction, sha256: text.sha256, progress: { backfill } });
  }

  async function oneBatch(from: NonNullable<Progress["backfill"]>, size: number) {
    const [edge] = await rowsOf<{ key: readonly string[]; n: number }>(
      client,
      from.after.length === 0 ? sql.firstEdge : sql.edge,
      [...from.until, ...from.after, size],
    );
    if (edge === undefined) return undefined;
    const { rowCount } = await client.query(from.after.length === 0 ? sql.firstBatch : sql.batch, [...edge.key, ...from.after]);
    const next = { after: edge.key, until: from.until, seen: from.seen + edge.n, changed: from.changed + (rowCount ?? 0) };
    await keep(next);
    const [waiting] = await rowsOf<{ n: number }>(
      client,
      "SELECT count(DISTINCT pid)::int AS n FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))",
    );
    return { at: next, waiters: waiting?.n ?? 0 };
  }

  async function letReplicasFollow(): Promise<void> {
    for (let told = false; !signal.aborted;) {
      const [lag] = await rowsOf<{ ms: number | null }>(
        client,
        "SELECT max(extract(epoch FROM replay_lag) * 1000)::float8 AS ms FROM pg_stat_replication",
      );
      if (lag === undefined || lag.ms === null || lag.ms <= limits.mostLagMs) return;
      if (!told) tell({ event: "throttled", migration: name, because: `a replica is ${Math.round(lag.ms / 1_000)} s behind` });
      told = true;
      await pause(1_000, signal);
    }
  }
}

/** Values go to the server as text and are read as what the column is. */
function sqlOf({ table, alias, head, condition }: Backfill, keys: readonly Key[]) {
  const relation = qualified(table);
  const columns = keys.map(({ column }) => identifier(column));
  const list = (of: readonly string[]) => `(${of.join(", ")})`;
  const values = (from: number) => list(keys.map(({ type }, index) => `$${from + index}::text::${type}`));
  const own = list(columns.map((one) => `${alias}.${one}`));
  const texts = `ARRAY[${columns.map((one) => `${one}::text`).join(", ")}]`;
  const down = columns.map((one) => `${one} DESC`).join(", ");
  const n = keys.length;
  const edge = (after: string, size: number) =>
    `SELECT ${texts} AS key, n FROM (SELECT *, count(*) OVER ()::int AS n FROM (SELECT ${columns.join(", ")} FROM ${relation}
       WHERE ${list(columns)} <= ${values(1)}${after} ORDER BY ${columns.join(", ")} LIMIT $${size}) AS rows) AS counted ORDER BY ${down} LIMIT 1`;
  const batch = (after: string) =>
    `${head}\nWHERE ${condition === undefined ? "" : `(${condition}\n) AND `}${own} <= ${values(1)}${after}`;
  return {
    last: `SELECT ${texts} AS key FROM ${relation} ORDER BY ${down} LIMIT 1`,
    firstEdge: edge("", n + 1),
    edge: edge(` AND ${list(columns)} > ${values(n + 1)}`, 2 * n + 1),
    firstBatch: batch(""),
    batch: batch(` AND ${own} > ${values(n + 1)}`),
  };
}
