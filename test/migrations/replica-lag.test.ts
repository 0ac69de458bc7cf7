import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { applyMigrations } from "../../src/migrations/run/apply.ts";
import type { MigrateEvent } from "../../src/migrations/run/events.ts";
import { usualLimits } from "../../src/migrations/run/limits.ts";
import { query } from "../support/examples-postgres.ts";
import { until } from "../support/examples-services.ts";
import { serverWithCopies, startReplicated } from "../support/replicated-postgres.ts";

test.skipIf(serverWithCopies === undefined)(
  "a backfill waits for a replica that falls behind, says so, and goes on once it has caught up",
  { timeout: 120_000 },
  async () => {
    if (serverWithCopies === undefined) return;
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-lag-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { url, replicaUrl, stop } = await startReplicated(serverWithCopies);
    onTestFinished(stop);
    writeFileSync(
      path.join(folder, "0001_a.sql"),
      "CREATE TABLE a (k int PRIMARY KEY, n int NOT NULL DEFAULT 0); INSERT INTO a SELECT generate_series(1, 500);",
    );
    await applyMigrations({ url, migrations: folder });
    const onReplica = async () =>
      (await query<{ n: number }>(replicaUrl, "SELECT sum(n)::int AS n FROM a").catch(() => []))[0]?.n;
    await until(async () => (await onReplica()) === 0, "the replica has the table");
    await query(replicaUrl, "SELECT pg_wal_replay_pause()");

    writeFileSync(path.join(folder, "0002_fill.sql"), "-- gantry: backfill batch 25 pause 150ms\nUPDATE a SET n = n + 1;");
    const told: MigrateEvent[] = [];
    const is = (event: MigrateEvent["event"]) => told.filter((one) => one.event === event);
    const limits = { ...usualLimits, mostLagMs: 400 };
    const done = applyMigrations({ url, migrations: folder, limits, tell: (event) => told.push(event) });
    await until(() => is("throttled").length > 0, "it waits");
    const batches = is("backfilled").length;
    const behind = "SELECT FROM pg_stat_replication WHERE replay_lag > interval '2 s'";
    await until(async () => (await query(url, behind)).length > 0, "the replica is far behind");
    expect([is("throttled").length, is("backfilled").length, await onReplica()]).toEqual([1, batches, 0]);
    expect(batches).toBeLessThan(20);

    await query(replicaUrl, "SELECT pg_wal_replay_resume()");
    await done;
    expect(await query(url, "SELECT n, count(*)::int FROM a GROUP BY n")).toEqual([{ n: 1, count: 500 }]);
    await until(async () => (await onReplica()) === 500, "the replica has it all");
  },
);
