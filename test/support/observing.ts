import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import { generateRows } from "../../src/migrations/proof/generate-rows.ts";
import type { Sessions } from "../../src/migrations/proof/observe.ts";
import { runText, type StatementProof } from "../../src/migrations/proof/run-text.ts";
import { readTables, type Table } from "../../src/migrations/proof/tables.ts";
import { valuesFor } from "../../src/migrations/proof/values.ts";
import { makeRoles, rolesNamedBy } from "../../src/migrations/proof/roles.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";
import { parseSql, type Statement } from "../../src/migrations/sql/parse.ts";
import { loadParser, type Parser } from "../../src/migrations/sql/parser.ts";
import type { PostgresServer } from "../../src/targets/local/postgres/server.ts";
import { withThrowawayPostgres } from "../../src/targets/local/postgres/throwaway.ts";

export type Observer = {
  /** An empty database, `before`, and rows in every table which keep to what `then` will demand of them. */
  readonly prepare: (before: string, then?: string) => Promise<void>;
  /** What a person does between two steps: a column that was added gets its values. */
  readonly fillColumns: () => Promise<void>;
  /** Each statement with what it did: in one transaction, or each by itself. Throws what Postgres says of one that fails. */
  readonly observe: (sql: string, inTransaction: boolean) => Promise<readonly SeenStatement[]>;
  readonly sessions: Sessions;
  readonly end: () => Promise<void>;
};

/** An observer on a server of this version, for the tests of a file or group. */
export function useObserver(version: number): () => Observer {
  let observer: Observer | undefined;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let running: Promise<void> = Promise.resolve();
  beforeAll(
    () =>
      new Promise<void>((resolve, reject) => {
        running = withThrowawayPostgres({ wanted: version }, async (server) => {
          observer = await createObserver(server);
          resolve();
          await released;
          await observer.end();
        });
        running.catch(reject);
      }),
  );
  afterAll(() => {
    release();
    return running;
  });
  return () => {
    if (observer === undefined) throw new Error("there is no server yet");
    return observer;
  };
}

export type SeenStatement = { readonly statement: Statement; readonly seen: StatementProof };

async function createObserver(server: PostgresServer): Promise<Observer> {
  const parser = await loadParser();
  const clients: Client[] = [];
  const open = async (): Promise<Client> => {
    const client = new Client({ connectionString: server.superuserUrl() });
    client.on("error", () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const sessions: Sessions = { worker: await open(), watcher: await open(), holders: [await open(), await open()] };
  const { worker } = sessions;
  return {
    sessions,
    async prepare(before, then) {
      await worker.query(reset);
      await makeRoles(worker, rolesNamedBy([migrationOf("before.sql", before)], parser));
      for (const { text } of statementsOf(parser, before)) await worker.query(text);
      const isWhole = then !== undefined && !statementsOf(parser, then).some(({ kind }) => kind === "TransactionStmt");
      const demanded = isWhole ? await tablesAfter(worker, then) : undefined;
      const rows = { parser, rows: 300, seed: 1, done: new Set<string>() };
      await generateRows(worker, demanded === undefined ? rows : { ...rows, demanded });
    },
    async fillColumns() {
      for (const { name, columns } of await readTables(worker)) {
        for (const column of columns) {
          const values = valuesFor({ table: name, column, seed: 1, literals: [] });
          const value = values.find(({ distinct }) => distinct) ?? values[0];
          const quoted = worker.escapeIdentifier(column.name);
          if (value === undefined || column.filledBy !== "us") continue;
          const numbered = `SELECT ctid, tableoid, row_number() OVER ()::int AS g FROM ${name}`;
          await worker.query(
            `UPDATE ${name} one SET ${quoted} = ${value.sql} FROM (${numbered}) n WHERE one.${quoted} IS NULL AND (n.ctid, n.tableoid) = (one.ctid, one.tableoid)`,
          );
        }
      }
    },
    async observe(sql, inTransaction) {
      const text = migrationOf("case.sql", sql).up;
      const { statements, failure } = await runText(sessions, parser, { ...text, inTransaction });
      if (failure !== undefined) throw new Error(failure.message);
      const own = statementsOf(parser, sql).filter(({ kind }) => kind !== "TransactionStmt");
      return own.flatMap((statement, index) => {
        const seen = statements[index];
        return seen === undefined ? [] : [{ statement, seen }];
      });
    },
    end: async () => void (await Promise.all(clients.map((client) => client.end()))),
  };
}

async function tablesAfter(worker: Client, sql: string): Promise<readonly Table[] | undefined> {
  await worker.query("BEGIN");
  try {
    await worker.query(sql);
    return await readTables(worker);
  } catch {
    // It cannot be done in a transaction, and demands nothing then.
    return undefined;
  } finally {
    await worker.query("ROLLBACK");
  }
}

export const statementsOf = (parser: Parser, sql: string): readonly Statement[] =>
  parseSql(parser, sql, () => ({ file: "case.sql", line: 1, column: 1 })).statements;

/** As a new database, in a hundredth of the time. */
const reset = `DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', one.pubname); END LOOP;
  FOR one IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', one.extname); END LOOP;
  FOR one IN SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', one.nspname); END LOOP;
  CREATE SCHEMA public;
END $$`;
