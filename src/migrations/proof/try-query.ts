import type { Client } from "pg";
import type { Node } from "libpg-query";
import { sqlState } from "../run/connect.ts";
import { allOf, as, nameOf, wordsOf, type Name } from "../sql/tree.ts";
import { shownName } from "./relations.ts";
import type { Query } from "./queries.ts";
import type { Table } from "./tables.ts";

/** How a statement fared on a schema. `values` are those with which it ran; without them it was only planned. */
export type Tried =
  | { readonly works: true; readonly values?: readonly (string | null)[] }
  | { readonly works: false; readonly error: string; readonly state: string };

/**
 * Plans a statement, and runs it with values that are made up, in a transaction that is rolled back: what a new rule forbids shows
 * only then. Where no values are found with which it runs, that it can be planned is all that is known.
 */
export async function tryQuery(
  client: Client,
  query: Query,
  { tables, values }: { readonly tables: readonly Table[]; readonly values?: readonly (string | null)[] | undefined },
): Promise<Tried> {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL statement_timeout = '5s'");
    await client.query(`PREPARE gantry_query AS ${query.sql}`);
    const types = await parameterTypes(client);
    if (values !== undefined) {
      await execute(client, values.slice(0, types.length));
      return { works: true, values };
    }
    for (const tried of await guesses(client, query.node, types, tables)) {
      await client.query("SAVEPOINT tried");
      try {
        await execute(client, tried);
        return { works: true, values: tried };
      } catch {
        await client.query("ROLLBACK TO tried");
      }
    }
    return { works: true };
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined) throw error;
    return { works: false, error: (error as Error).message, state };
  } finally {
    await client.query("ROLLBACK");
    await client.query("DEALLOCATE ALL");
  }
}

async function parameterTypes(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ types: readonly string[] }>(
    "SELECT parameter_types::text[] AS types FROM pg_prepared_statements WHERE name = 'gantry_query'",
  );
  return rows[0]?.types ?? [];
}

async function execute(client: Client, values: readonly (string | null)[]): Promise<void> {
  const given = values.map((value) => (value === null ? "NULL" : client.escapeLiteral(value)));
  // Checks that wait for the end of a transaction are not to wait: it has none.
  await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  await client.query(`EXECUTE gantry_query${given.length > 0 ? `(${given.join(", ")})` : ""}`);
}

/** Values of a row that is there, but for what has to be new; then values that only fit their types. */
async function guesses(
  client: Client,
  node: Node,
  types: readonly string[],
  tables: readonly Table[],
): Promise<readonly (readonly (string | null)[])[]> {
  const plain = types.map(plainValue);
  const columns = columnsOf(node);
  const there = await Promise.all(
    types.map(async (_, index) => {
      const about = columns.get(index + 1);
      if (about === undefined) return plain[index] ?? null;
      const table = tables.find(
        ({ name, columns }) => about.tables.includes(name) && columns.some((one) => one.name === about.column),
      );
      if (table === undefined) return plain[index] ?? null;
      const refers = table.references.some((one) => one.columns.includes(about.column));
      if (about.isNew && !refers && table.keys.some((key) => key.includes(about.column))) return plain[index] ?? null;
      const column = client.escapeIdentifier(about.column);
      const { rows } = await client.query<{ value: string }>(
        `SELECT ${column}::text AS value FROM ${table.name} WHERE ${column} IS NOT NULL ORDER BY ctid LIMIT 1`,
      );
      return rows[0]?.value ?? plain[index] ?? null;
    }),
  );
  return [there, plain];
}

type About = { readonly tables: readonly string[]; readonly column: string; readonly isNew: boolean };

/** Which column the value of a parameter goes into, or is held against. */
function columnsOf(node: Node): ReadonlyMap<number, About> {
  const found = new Map<number, About>();
  const tables = allOf(node, "RangeVar").map((one) => written(nameOf(one)));
  const about = (value: Node | undefined, column: string | undefined, isNew: boolean, only = tables): void => {
    const bare = as(value, "TypeCast")?.arg ?? value;
    const number = as(bare, "ParamRef")?.number;
    if (number !== undefined && column !== undefined && !found.has(number)) found.set(number, { tables: only, column, isNew });
  };
  for (const { cols = [], selectStmt, relation } of allOf(node, "InsertStmt")) {
    const names = cols.map((one) => as(one, "ResTarget")?.name);
    const into = [written(nameOf(relation))];
    for (const row of as(selectStmt, "SelectStmt")?.valuesLists ?? [])
      for (const [index, value] of (as(row, "List")?.items ?? []).entries()) about(value, names[index], true, into);
  }
  for (const { targetList = [], relation } of allOf(node, "UpdateStmt")) {
    for (const one of targetList) {
      const target = as(one, "ResTarget");
      about(target?.val, target?.name, true, [written(nameOf(relation))]);
    }
  }
  for (const { lexpr, rexpr } of allOf(node, "A_Expr")) {
    about(rexpr, columnName(lexpr), false);
    about(lexpr, columnName(rexpr), false);
  }
  return found;
}

const columnName = (node: Node | undefined): string | undefined => wordsOf(as(node, "ColumnRef")?.fields).at(-1);
const written = ({ schema, name }: Name): string => shownName(schema ?? "public", name);

function plainValue(type: string): string | null {
  if (type.endsWith("[]")) return "{}";
  switch (type) {
    case "boolean":
      return "true";
    case "smallint":
      return "9";
    case "integer":
    case "bigint":
    case "numeric":
    case "real":
    case "double precision":
      return "987654";
    case "uuid":
      return "6c1f9b1e-0000-4000-8000-00000000a11a";
    case "json":
    case "jsonb":
      return "{}";
    case "date":
    case "timestamp without time zone":
    case "timestamp with time zone":
      return "2026-06-01";
    case "interval":
      return "1 second";
    case "text":
    case "character varying":
    case "character":
    case "citext":
      return "gantry";
    case "bytea":
      return "\\x00";
    default:
      return null;
  }
}
