import { UserError } from "../../lib/errors.ts";
import { durationMs } from "../../lib/quantities.ts";
import type { MigrationText } from "../migration.ts";
import { type Token, tokensOf } from "../sql/parse.ts";
import { loadParser } from "../sql/parser.ts";
import { type Name, as, nameOf } from "../sql/tree.ts";
import { type Client, rowsOf } from "./connect.ts";
import { filesPlace } from "./file-place.ts";
import { identifier, qualified } from "./identifier.ts";
import { statementsOf } from "./statements.ts";

// `-- gantry: backfill` above one UPDATE or DELETE: it is done batch by batch over the primary key, each batch a transaction.

const directive = /^--[ \t]*gantry:[ \t]*backfill\b([^\n]*)$/m;

export const isBackfill = ({ sql }: MigrationText): boolean => directive.test(sql);

export type Backfill = {
  readonly table: Name;
  /** How the statement calls it. */
  readonly alias: string;
  /** The statement up to its condition, the condition, and nothing behind it. */
  readonly head: string;
  readonly condition: string | undefined;
  readonly batchRows: number | undefined;
  readonly pauseMs: number;
  /** Columns that it changes. */
  readonly sets: readonly string[];
};

export async function backfillOf(text: MigrationText): Promise<Backfill> {
  const { sql } = text;
  const match = directive.exec(sql);
  const refuse = (says: string, at = match?.index ?? 0): UserError => {
    const place = filesPlace(text, at);
    return new UserError("bad-backfill", `${text.file}:${place.line}:${place.column}: ${says}`, {
      hint: "a backfill is one UPDATE or DELETE on a table with a primary key: -- gantry: backfill [batch 1000] [pause 50ms]",
      places: [{ file: text.file, ...place }],
    });
  };
  const options = optionsOf(match?.[1] ?? "", refuse);
  const [statement, another] = await statementsOf(text);
  if (statement === undefined) throw refuse("there is no statement in it");
  if (another !== undefined) throw refuse("there is more than one statement in it", another.from);
  const update = as(statement.node, "UpdateStmt");
  const node = update ?? as(statement.node, "DeleteStmt");
  if (node?.relation === undefined) throw refuse("what stands in it is no UPDATE and no DELETE", statement.from);
  if (node.withClause !== undefined || node.returningClause !== undefined)
    throw refuse("WITH and RETURNING have no sense in batches", statement.from);
  const table = nameOf(node.relation);
  const where = whereIn(tokensOf(await loadParser(), statement.sql));
  return {
    table,
    alias: identifier(node.relation.alias?.aliasname ?? table.name),
    head: where === undefined ? statement.sql : statement.sql.slice(0, where.from),
    condition: where === undefined ? undefined : statement.sql.slice(where.to),
    sets: (update?.targetList ?? []).flatMap((one) => as(one, "ResTarget")?.name ?? []),
    ...options,
  };
}

function optionsOf(words: string, refuse: (says: string) => UserError): Pick<Backfill, "batchRows" | "pauseMs"> {
  let batchRows: number | undefined;
  let pauseMs = 0;
  const list = words
    .trim()
    .split(/\s+/)
    .filter((one) => one !== "");
  for (let at = 0; at < list.length; at += 2) {
    const [name, value = ""] = [list[at], list[at + 1]];
    if (name === "batch" && /^\d{1,6}$/.test(value) && Number(value) > 0) batchRows = Number(value);
    else if (name === "pause" && /^\d{1,5}(ms|s)$/.test(value))
      pauseMs = value.endsWith("ms") ? Number(value.slice(0, -2)) : durationMs(value);
    else throw refuse(`a backfill knows no ${JSON.stringify([name, value].join(" ").trim())}`);
  }
  return { batchRows, pauseMs };
}

/** Where the condition of the statement itself begins: those of subqueries stand in parentheses. */
function whereIn(tokens: readonly Token[]): Token | undefined {
  let depth = 0;
  return tokens.find(({ text }) => {
    if (text === "(" || text === "[") depth += 1;
    else if (text === ")" || text === "]") depth -= 1;
    return depth === 0 && /^where$/i.test(text);
  });
}

export type Key = { readonly column: string; readonly type: string };

/** The columns by which its rows can be gone through, and about how many there are. */
export async function keysOf(
  client: Client,
  { table, sets }: Backfill,
  text: MigrationText,
): Promise<{ readonly keys: readonly Key[]; readonly rows: number }> {
  const refuse = (says: string) =>
    new UserError("bad-backfill", `${text.file}: ${says}`, {
      hint: "batches go over a key that stays as it is",
      places: [{ file: text.file, ...filesPlace(text, 0) }],
    });
  const [there] = await rowsOf<{ oid: string | null; rows: number }>(
    client,
    "SELECT to_regclass($1)::oid AS oid, (SELECT greatest(reltuples, 0)::float8 FROM pg_class WHERE oid = to_regclass($1)) AS rows",
    [qualified(table)],
  );
  if (there?.oid === null || there === undefined) throw refuse(`there is no table ${table.name}`);
  const keys = await rowsOf<Key & { index: string }>(
    client,
    `SELECT i.indexrelid::text AS index, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
     FROM (SELECT * FROM pg_index WHERE indrelid = $1 AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL
             AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey) AND NOT attnotnull)
           ORDER BY indisprimary DESC, indnkeyatts LIMIT 1) AS i
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
     JOIN pg_attribute a ON a.attrelid = $1 AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts ORDER BY k.n`,
    [there.oid],
  );
  if (keys.length === 0) throw refuse(`${table.name} has no primary key and no unique one without NULL`);
  const moved = keys.find(({ column }) => sets.includes(column));
  if (moved !== undefined) throw refuse(`it changes ${moved.column}, by which its batches are found`);
  return { keys, rows: there.rows };
}
