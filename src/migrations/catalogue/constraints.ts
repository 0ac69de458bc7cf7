import type { Constraint, Node } from "libpg-query";
import { madeName } from "../sql/quote.ts";
import { allOf, as, nameOf, wordsOf } from "../sql/tree.ts";
import { type Origin, type Table, type TableConstraint, withColumn, withConstraint } from "./catalogue.ts";

const kinds: Readonly<Record<string, readonly [TableConstraint["kind"], suffix: string]>> = {
  CONSTR_CHECK: ["check", "check"],
  CONSTR_NOTNULL: ["not null", "not_null"],
  CONSTR_FOREIGN: ["foreign key", "fkey"],
  CONSTR_UNIQUE: ["unique", "key"],
  CONSTR_PRIMARY: ["primary key", "pkey"],
  CONSTR_EXCLUSION: ["exclusion", "excl"],
};

/** The table with a constraint of it or of one of its columns, under the name that it gets or has. */
export function constrained(table: Table, constraint: Constraint, column: string | undefined, origin: Origin): Table {
  if (column !== undefined && ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].includes(constraint.contype ?? ""))
    return withColumn(table, column, {
      hasDefault: true,
      ...(constraint.contype === "CONSTR_IDENTITY" ? { notNull: true } : {}),
    });
  const kind = kinds[constraint.contype ?? ""];
  if (kind === undefined) return table;
  const columns = columnsOf(constraint, column);
  const isKept = kind[0] === "primary key" || (kind[0] === "not null" && constraint.skip_validation !== true);
  const kept = isKept ? columns.reduce((changed, name) => withColumn(changed, name, { notNull: true }), table) : table;
  const name = constraint.conname ?? madeName(table.name.name, ...(kind[0] === "primary key" ? [] : columns), kind[1]);
  return withConstraint(kept, {
    name,
    kind: kind[0],
    validated: constraint.skip_validation !== true,
    columns,
    ...(constraint.contype === "CONSTR_CHECK" ? { mentions: columnsIn(constraint.raw_expr) } : {}),
    ...(constraint.pktable ? { references: nameOf(constraint.pktable) } : {}),
    origin,
  });
}

function columnsIn(expression: Node | undefined): readonly string[] {
  return allOf(expression, "ColumnRef").flatMap(({ fields }) => wordsOf(fields).at(-1) ?? []);
}

function columnsOf(constraint: Constraint, column: string | undefined): readonly string[] {
  if (constraint.contype === "CONSTR_CHECK") return notNullIn(constraint.raw_expr);
  const key = wordsOf(constraint.contype === "CONSTR_FOREIGN" ? constraint.fk_attrs : constraint.keys);
  return key.length === 0 && column !== undefined ? [column] : key;
}

/** The columns which an expression that is true keeps from being null: `a IS NOT NULL`, also several joined by AND. */
export function notNullIn(expression: Node | undefined): readonly string[] {
  const found: string[] = [];
  const open = [expression];
  while (open.length > 0) {
    const one = open.pop();
    const and = as(one, "BoolExpr");
    if (and?.boolop === "AND_EXPR") open.push(...(and.args ?? []));
    const test = as(one, "NullTest");
    const fields = wordsOf(as(test?.arg, "ColumnRef")?.fields);
    if (test?.nulltesttype === "IS_NOT_NULL" && fields.length === 1) found.push(...fields);
  }
  return found;
}
