import type { Client } from "pg";
import type { Migration } from "../migration.ts";
import { parseSql } from "../sql/parse.ts";
import type { Parser } from "../sql/parser.ts";
import { allOf } from "../sql/tree.ts";
import { quoted } from "../sql/quote.ts";

/** Roles that migrations name and do not make: on a server of theirs somebody has made them before. */
export function rolesNamedBy(migrations: readonly Migration[], parser: Parser): readonly string[] {
  const named = new Set<string>();
  const made = new Set<string>();
  for (const { up, down } of migrations) {
    for (const text of down === undefined ? [up] : [up, down]) {
      for (const { node } of statementsOf(parser, text.sql)) {
        for (const { role } of allOf(node, "CreateRoleStmt")) if (role !== undefined) made.add(role);
        for (const { rolename } of allOf(node, "RoleSpec")) if (rolename !== undefined) named.add(rolename);
      }
    }
  }
  return [...named].filter((name) => !made.has(name)).toSorted();
}

/** What cannot be read is told when it is to be run. */
function statementsOf(parser: Parser, sql: string): ReturnType<typeof parseSql>["statements"] {
  try {
    return parseSql(parser, sql, () => ({ file: "", line: 1, column: 1 })).statements;
  } catch {
    return [];
  }
}

/** They own nothing and cannot log in. Gives back which were not there. */
export async function makeRoles(client: Client, names: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)", [names]);
  const missing = names.filter((name) => !rows.some(({ rolname }) => rolname === name) && !name.startsWith("pg_"));
  for (const name of missing) await client.query(`CREATE ROLE ${quoted(name)} NOLOGIN`);
  return missing;
}
