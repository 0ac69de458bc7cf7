import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { databaseUrl, provisionDatabase } from "../../src/targets/local/postgres/databases.ts";
import { applyMigrations } from "../../src/migrations/run/apply.ts";
import type { DatabaseRole } from "../../src/targets/local/postgres/roles.ts";
import { ensurePostgres, postgresStatus, removePostgres, stopPostgres } from "../../src/targets/local/postgres/server.ts";

export type TestDatabase = {
  /** For services: may read and write rows, and nothing else. */
  readonly url: string;
  readonly ownerUrl: string;
  readonly asOwner: <Row>(sql: string) => Promise<Row[]>;
};

export type TestPostgres = {
  readonly folder: string;
  /** A database of its own, with an example's migrations applied where they are given. */
  readonly database: (migrations?: string) => Promise<TestDatabase>;
  /** At the same port; `immediate` is as after a crash: nothing is written, no session is told why, and its log is read again. */
  readonly restart: (how?: "fast" | "immediate") => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The server that the local platform has, in a folder of its own. */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-examples-pg-"));
  const server = await ensurePostgres({ folder });
  let count = 0;
  return {
    folder,
    async database(migrations) {
      const database = `example_${(count += 1)}`;
      const owner = `${database}_owner`;
      const role = (name: string, kind: DatabaseRole["kind"]): DatabaseRole => ({
        name: `${database}_${name}`,
        password: name,
        kind,
      });
      const [service, migrator] = [role("service", "service"), role("migrator", "migrator")];
      const spec = { database, owner, roles: [service, migrator] };
      await provisionDatabase(server, spec);
      const ownerUrl = databaseUrl(server, migrator, database);
      if (migrations !== undefined) {
        await applyMigrations({ url: ownerUrl, migrations, role: owner });
        await provisionDatabase(server, spec);
      }
      return { url: databaseUrl(server, service, database), ownerUrl, asOwner: (sql) => query(ownerUrl, sql) };
    },
    async restart(how = "fast") {
      if (how === "fast") await stopPostgres(folder);
      else await dieAtOnce(folder);
      await ensurePostgres({ folder });
    },
    async stop() {
      await removePostgres(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function dieAtOnce(folder: string): Promise<void> {
  for (const { pid } of await postgresStatus(folder)) if (pid !== undefined) process.kill(pid, "SIGQUIT");
  while ((await postgresStatus(folder)).some(({ state }) => state !== "stopped")) await sleep(10);
}

/** Several statements without values are one transaction. */
export async function query<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
