import { UserError } from "../../lib/errors.ts";
import { type Client, rowsOf } from "./connect.ts";

// What other tools have written down of what they did. It is read and shown; running them stays with their own command.

export type History = {
  readonly tool: "Alembic" | "sqlx" | "Prisma" | "dbmate" | "Flyway";
  readonly table: string;
  readonly applied: readonly string[];
  /** Begun and not finished, or failed, by what the tool itself has noted. */
  readonly failed: readonly string[];
};

type Row = { readonly name: string; readonly failed: boolean };

const most = 10_000;

/** Each recognised by the columns that it has: `schema_migrations` is a name that many use. */
const known: readonly {
  readonly tool: History["tool"];
  readonly table: string;
  readonly columns: readonly string[];
  readonly sql: string;
}[] = [
  {
    tool: "Alembic",
    table: "alembic_version",
    columns: ["version_num"],
    sql: "SELECT version_num::text AS name, false AS failed FROM %s ORDER BY 1",
  },
  {
    tool: "sqlx",
    table: "_sqlx_migrations",
    columns: ["version", "success", "checksum"],
    sql: "SELECT version::text AS name, NOT success AS failed FROM %s ORDER BY version",
  },
  {
    tool: "Prisma",
    table: "_prisma_migrations",
    columns: ["migration_name", "finished_at", "rolled_back_at"],
    sql: "SELECT migration_name::text AS name, finished_at IS NULL AS failed FROM %s WHERE rolled_back_at IS NULL ORDER BY started_at",
  },
  {
    tool: "dbmate",
    table: "schema_migrations",
    columns: ["version"],
    sql: "SELECT version::text AS name, false AS failed FROM %s ORDER BY 1",
  },
  {
    tool: "Flyway",
    table: "flyway_schema_history",
    columns: ["installed_rank", "version", "script", "success"],
    sql: "SELECT script::text AS name, NOT success AS failed FROM %s WHERE type <> 'SCHEMA' ORDER BY installed_rank",
  },
];

export async function historiesIn(client: Client): Promise<readonly History[]> {
  const found: History[] = [];
  for (const { tool, table, columns, sql } of known) {
    const there = await rowsOf<{ name: string }>(
      client,
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND has_table_privilege(c.oid, 'SELECT')
         AND (SELECT count(*) FROM pg_attribute WHERE attrelid = c.oid AND attname = ANY ($2)) = $3 ORDER BY 1 LIMIT 10`,
      [table, columns, columns.length],
    );
    for (const { name } of there) {
      const rows = await rowsOf<Row>(client, `SELECT * FROM (${sql.replace("%s", () => name)}) AS history LIMIT ${most}`);
      found.push({
        tool,
        table: name,
        applied: rows.filter(({ failed }) => !failed).map((one) => one.name),
        failed: rows.filter(({ failed }) => failed).map((one) => one.name),
      });
    }
  }
  return found;
}

/** Two that both believe to be the one who migrates would each do it. */
export async function refuseOtherHistory(client: Client): Promise<void> {
  const other = (await historiesIn(client)).find(({ applied, failed }) => applied.length + failed.length > 0);
  if (other === undefined) return;
  throw new UserError("other-history", `${other.tool} migrates this database: ${other.table} has its history`, {
    hint: "its own command goes on with it (migrations.apply in the spec); gantry migrate status shows both",
  });
}
