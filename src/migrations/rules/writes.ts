import type { Node } from "libpg-query";
import type { Table } from "../catalogue/catalogue.ts";
import { quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { allOf, as, nameOf, wordsOf } from "../sql/tree.ts";
import type { Context, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";

/** A file that `gantry migrate up` works off in batches. */
export function isBackfillFile(sql: string): boolean {
  return /^--[ \t]*gantry:[ \t]*backfill\b/m.test(sql);
}

function written({ node }: Statement, { isNew, sql }: Context) {
  const statement = as(node, "UpdateStmt") ?? as(node, "DeleteStmt");
  if (statement?.relation === undefined || isNew(nameOf(statement.relation)) || isBackfillFile(sql)) return undefined;
  return { statement, relation: quotedName(nameOf(statement.relation)), word: as(node, "UpdateStmt") ? "changed" : "deleted" };
}

const why =
  "Each row that is written stays locked until the transaction ends, and whoever wants to write it waits; the old versions stay until then, and replicas lag behind. gantry migrate up does a statement marked with -- gantry: backfill in batches over the primary key, each a transaction of its own.";

function inBatches({ text }: Statement, { inside }: Context) {
  if (inside !== undefined) return {};
  const batches = step("In a migration of its own, done in batches", `-- gantry: backfill\n${text}\n;`, { inTransaction: false });
  return { safe: safe(batches) };
}

const writeEveryRow: Rule = {
  id: "write-every-row",
  family: "writes",
  severity: "error",
  title: "UPDATE or DELETE of every row at once",
  why,
  check(statement, context) {
    const found = written(statement, context);
    if (found === undefined || !isAlwaysTrue(found.statement.whereClause)) return [];
    return [
      {
        says: `every row of ${found.relation} is ${found.word} at once and stays locked until the transaction ends`,
        locks: [lock(found.relation, "ROW EXCLUSIVE", "scan")],
        ...inBatches(statement, context),
      },
    ];
  },
};

const writeUnbatched: Rule = {
  id: "write-unbatched",
  family: "writes",
  severity: "warning",
  title: "UPDATE or DELETE of as many rows as there happen to be",
  why,
  check(statement, context) {
    const found = written(statement, context);
    if (found === undefined || isAlwaysTrue(found.statement.whereClause)) return [];
    if (isNarrow(found.statement.whereClause, context.table(nameOf(found.statement.relation)))) return [];
    return [
      {
        says: `nobody knows how many rows of ${found.relation} are ${found.word} at once, and each stays locked until the transaction ends`,
        locks: [lock(found.relation, "ROW EXCLUSIVE", "unknown")],
        ...inBatches(statement, context),
      },
    ];
  },
};

function isAlwaysTrue(where: Node | undefined): boolean {
  return where === undefined || as(where, "A_Const")?.boolval?.boolval === true;
}

/** The comparisons that all have to hold. */
function conditionsOf(where: Node | undefined): readonly Node[] {
  const [found, open]: [Node[], (Node | undefined)[]] = [[], [where]];
  while (open.length > 0) {
    const one = open.pop();
    const and = as(one, "BoolExpr");
    if (and?.boolop === "AND_EXPR") open.push(...(and.args ?? []));
    else if (one !== undefined) found.push(one);
  }
  return found;
}

/** Few rows by what it says: a key compared with values, a range of it with two ends, or a LIMIT within. */
function isNarrow(where: Node | undefined, table: Table | undefined): boolean {
  if (allOf(where, "SelectStmt").some(({ limitCount }) => limitCount !== undefined)) return true;
  const bounds = new Map<string, Set<string>>();
  for (const condition of conditionsOf(where)) {
    if (as(condition, "CurrentOfExpr")) return true;
    const compared = as(condition, "A_Expr");
    const column = wordsOf(as(compared?.lexpr, "ColumnRef")?.fields).at(-1);
    if (compared === undefined || column === undefined || !isValue(compared.rexpr)) continue;
    const operator = wordsOf(compared.name)[0] ?? "";
    if (compared.kind === "AEXPR_BETWEEN") return true;
    if (operator === "=" && isKey(column, table)) return true;
    const side = /^[<>]=?$/.test(operator) ? operator.charAt(0) : undefined;
    if (side !== undefined) bounds.set(column, (bounds.get(column) ?? new Set()).add(side));
  }
  return [...bounds.values()].some((sides) => sides.size === 2);
}

function isValue(node: Node | undefined): boolean {
  const items = as(node, "List")?.items;
  if (items !== undefined) return items.every(isValue);
  const plain = as(node, "TypeCast")?.arg ?? node;
  return as(plain, "A_Const") !== undefined || as(plain, "ParamRef") !== undefined || as(plain, "A_ArrayExpr") !== undefined;
}

/** One row by its value, as far as is known; what no migration made may have any key. */
function isKey(column: string, table: Table | undefined): boolean {
  const keys = [...(table?.constraints.values() ?? [])].filter(({ kind }) => kind === "primary key" || kind === "unique");
  return table === undefined || table.kind === "unknown" || keys.some(({ columns }) => columns.includes(column));
}

export const writeRules: readonly Rule[] = [writeEveryRow, writeUnbatched];
