import type { AlterEnumStmt, Constraint, Node } from "libpg-query";
import { as, nameOfWords, wordsOf } from "../sql/tree.ts";
import { columnTypeOf } from "../sql/types.ts";
import type { Statement } from "../sql/parse.ts";
import { type Catalogue, type CustomType, foundKeyOf, keyOf, type Origin } from "./catalogue.ts";

/** Enums and domains. */
export function applyType(catalogue: Catalogue, statement: Statement, origin: Origin): void {
  const { node } = statement;
  const made = as(node, "CreateEnumStmt");
  if (made) {
    const about = { kind: "enum" as const, origin, addedValues: new Map(), values: wordsOf(made.vals) };
    catalogue.types.set(keyOf(catalogue, nameOfWords(wordsOf(made.typeName))), about);
  }
  const value = as(node, "AlterEnumStmt");
  if (value) changeType(catalogue, value.typeName, "enum", (known) => withValue(known, value, origin));
  const domain = as(node, "CreateDomainStmt");
  if (domain) {
    const base = columnTypeOf(domain.typeName);
    const constraints = (domain.constraints ?? []).flatMap((one) => as(one, "Constraint") ?? []);
    const about = { kind: "domain" as const, origin, addedValues: new Map(), ...(base === undefined ? {} : { base }) };
    const type = constraints.reduce((sofar, one) => withRule(sofar, one, statement), about as CustomType);
    catalogue.types.set(keyOf(catalogue, nameOfWords(wordsOf(domain.domainname))), type);
  }
  const alter = as(node, "AlterDomainStmt");
  const constraint = as(alter?.def, "Constraint");
  if (alter?.subtype === "O") changeType(catalogue, alter.typeName, "domain", (known) => ({ ...known, isNotNull: true }));
  if (alter?.subtype === "N") changeType(catalogue, alter.typeName, "domain", (known) => ({ ...known, isNotNull: false }));
  if (alter?.subtype === "C" && constraint)
    changeType(catalogue, alter.typeName, "domain", (known) => withRule(known, constraint, statement));
}

function changeType(
  catalogue: Catalogue,
  name: readonly Node[] | undefined,
  kind: CustomType["kind"],
  change: (type: CustomType) => CustomType,
): void {
  const key = foundKeyOf(catalogue, catalogue.types, nameOfWords(wordsOf(name)));
  catalogue.types.set(key, change(catalogue.types.get(key) ?? { kind, addedValues: new Map() }));
}

function withValue(
  known: CustomType,
  { oldVal, newVal = "", newValNeighbor, newValIsAfter }: AlterEnumStmt,
  origin: Origin,
): CustomType {
  if (oldVal !== undefined) {
    const values = known.values?.map((one) => (one === oldVal ? newVal : one));
    return { ...known, ...(values === undefined ? {} : { values }) };
  }
  const addedValues = new Map(known.addedValues).set(newVal, origin);
  const { values } = known;
  if (values === undefined) return { ...known, addedValues };
  const neighbour =
    newValNeighbor === undefined ? values.length : values.indexOf(newValNeighbor) + (newValIsAfter === true ? 1 : 0);
  return { ...known, addedValues, values: values.includes(newVal) ? values : values.toSpliced(neighbour, 0, newVal) };
}

function withRule(known: CustomType, constraint: Constraint, statement: Statement): CustomType {
  if (constraint.contype === "CONSTR_NOTNULL") return { ...known, isNotNull: true };
  if (constraint.contype !== "CONSTR_CHECK") return known;
  return { ...known, checks: [...(known.checks ?? []), checkText(statement, constraint)] };
}

/** What stands between the brackets of a CHECK. */
export function checkText({ text, from, at }: Statement, { location }: Constraint): string {
  const start = text.indexOf("(", at(location) - from);
  let depth = 0;
  // Brackets within texts and names count as none.
  const marks = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g;
  marks.lastIndex = start;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === "(") depth++;
    if (mark[0] === ")") depth--;
    if (depth === 0) return text.slice(start + 1, mark.index).trim();
  }
  return text.slice(start + 1).trim();
}
