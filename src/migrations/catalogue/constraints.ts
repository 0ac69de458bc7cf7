import type { Constraint, Node } from "libpg-query";
import { as, nameOf, wordsOf } from "../sql/tree.ts";
import type { Column, Origin, Table, TableConstraint } from "./catalogue.ts";
import { madeName } from "../sql/quote.ts";

const kinds: Readonly<Record<string, readonly [TableConstraint["kind"], suffix: string]>> = {
  CONSTR_CHECK: ["check", "check"],
  CONSTR_NOTNULL: ["not null", "not_null"],
  CONSTR_FOREIGN: ["foreign key", "fkey"],
  CONSTR_UNIQUE: ["unique", "key"],
  CONSTR_PRIMARY: ["primary key", "pkey"],
  CONSTR_EXCLUSION: ["exclusion", "excl"],
};

/** A constraint of a table or of one of its columns, under the name that it gets or has. */
export function addConstraint(table: Table, constraint: Constraint, column: string | undefined, origin: Origin): void {
  const kind = kinds[constraint.contype ?? ""];
  if (kind === undefined) return;
  const columns = columnsOf(constraint, column);
  if (kind[0] === "primary key" || (kind[0] === "not null" && constraint.skip_validation !== true))
    for (const name of columns) columnOf(table, name).notNull = true;
  const name = constraint.conname ?? constraintName(table.name.name, kind[0] === "primary key" ? [] : columns, kind[1]);
  table.constraints.set(name, {
    name,
    kind: kind[0],
    validated: constraint.skip_validation !== true,
    columns,
    ...(constraint.pktable ? { references: nameOf(constraint.pktable) } : {}),
    origin,
  });
}

function constraintName(table: string, columns: readonly string[], suffix: string): string {
  return madeName(table, ...columns, suffix);
}

export function columnOf(table: Table, name: string): Column {
  const known = table.columns.get(name) ?? { name };
  table.columns.set(name, known);
  return known;
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
