import type { AlterObjectSchemaStmt, DropStmt, RenameStmt } from "libpg-query";
import { type Name, nameOf, nameOfObject } from "../sql/tree.ts";
import { indexesOf, putIndex, removeIndex } from "./indexes.ts";
import { type Catalogue, changeTable, foundKeyOf, keyOf, withConstraint, withoutColumn, withoutConstraint } from "./catalogue.ts";

type Kept = "tables" | "indexes" | "types" | "routines";

const keptAs: Readonly<Record<string, Kept>> = {
  OBJECT_TABLE: "tables",
  OBJECT_VIEW: "tables",
  OBJECT_MATVIEW: "tables",
  OBJECT_FOREIGN_TABLE: "tables",
  OBJECT_INDEX: "indexes",
  OBJECT_TYPE: "types",
  OBJECT_DOMAIN: "types",
  OBJECT_FUNCTION: "routines",
  OBJECT_ROUTINE: "routines",
};

export function dropObjects(catalogue: Catalogue, drop: DropStmt): void {
  const kept = keptAs[drop.removeType ?? ""];
  for (const object of drop.objects ?? []) {
    const name = nameOfObject(object);
    if (drop.removeType === "OBJECT_SCHEMA") catalogue.schemas.delete(name.name);
    if (kept === undefined) continue;
    const key = foundKeyOf(catalogue, catalogue[kept], name);
    if (kept === "indexes") removeIndex(catalogue, key);
    else catalogue[kept].delete(key);
    if (kept === "tables") for (const [indexKey] of indexesOf(catalogue, key)) removeIndex(catalogue, indexKey);
  }
}

export function renameObject(catalogue: Catalogue, rename: RenameStmt): void {
  const old = rename.relation === undefined ? nameOfObject(rename.object) : nameOf(rename.relation);
  const [from, to] = [rename.subname ?? "", rename.newname ?? ""];
  const kept = keptAs[rename.renameType ?? ""];
  if (kept !== undefined) return moveTo(catalogue, kept, old, { name: to });
  if (rename.renameType === "OBJECT_SCHEMA") return renameSchema(catalogue, from, to);
  if (rename.renameType === "OBJECT_COLUMN") renameColumn(catalogue, old, from, to);
  else if (rename.renameType === "OBJECT_TABCONSTRAINT")
    changeTable(catalogue, old, (table) => {
      const known = table.constraints.get(from);
      return known === undefined ? table : withConstraint(withoutConstraint(table, from), { ...known, name: to });
    });
}

/** Its constraints and indexes speak of it by the new name from now on. */
function renameColumn(catalogue: Catalogue, name: Name, from: string, to: string): void {
  const renamed = (all: readonly string[]) => all.map((one) => (one === from ? to : one));
  changeTable(catalogue, name, (table) => {
    const columns = new Map(withoutColumn(table, from).columns).set(to, { ...table.columns.get(from), name: to });
    const constraints = new Map(
      [...table.constraints].map(([key, one]) => [
        key,
        { ...one, columns: renamed(one.columns), ...(one.mentions === undefined ? {} : { mentions: renamed(one.mentions) }) },
      ]),
    );
    return { ...table, columns, constraints };
  });
  for (const [key, index] of indexesOf(catalogue, foundKeyOf(catalogue, catalogue.tables, name)))
    catalogue.indexes.set(key, { ...index, columns: renamed(index.columns) });
}

export function moveObject(catalogue: Catalogue, { objectType, relation, object, newschema = "" }: AlterObjectSchemaStmt): void {
  const kept = keptAs[objectType ?? ""];
  if (kept !== undefined)
    moveTo(catalogue, kept, relation === undefined ? nameOfObject(object) : nameOf(relation), { schema: newschema });
}

function moveTo(catalogue: Catalogue, kept: Kept, old: Name, to: Partial<Name>): void {
  const oldKey = foundKeyOf(catalogue, catalogue[kept], old);
  const schema = to.schema ?? schemaIn(oldKey);
  const name = { ...(to.schema === undefined && old.schema === undefined ? {} : { schema }), name: to.name ?? old.name };
  const newKey = keyOf(catalogue, { schema, name: name.name });
  if (kept === "tables") {
    const table = catalogue.tables.get(oldKey);
    catalogue.tables.delete(oldKey);
    if (table === undefined) return;
    // Its indexes go with it, and those that point to it are found under its new name.
    for (const [key, index] of indexesOf(catalogue, oldKey)) {
      removeIndex(catalogue, key);
      const own = { ...name, name: index.name.name };
      putIndex(catalogue, keyOf(catalogue, { schema, name: own.name }), { ...index, name: own, table: name, tableKey: newKey });
    }
    catalogue.tables.set(newKey, { ...table, name });
  } else if (kept === "indexes") {
    const index = removeIndex(catalogue, oldKey);
    if (index) putIndex(catalogue, newKey, { ...index, name });
  } else if (kept === "types") replace(catalogue.types, oldKey, newKey);
  else replace(catalogue.routines, oldKey, newKey);
}

function replace<Value>(map: Map<string, Value>, from: string, to: string): void {
  const value = map.get(from);
  map.delete(from);
  if (value !== undefined) map.set(to, value);
}

function renameSchema(catalogue: Catalogue, from: string, to: string): void {
  replace(catalogue.schemas, from, to);
  for (const kept of ["tables", "indexes", "types", "routines"] as const)
    for (const key of Array.from(catalogue[kept].keys()))
      if (schemaIn(key) === from) moveTo(catalogue, kept, { schema: from, name: nameIn(key) }, { schema: to });
}

function schemaIn(key: string): string {
  return (JSON.parse(key) as [string, string])[0];
}

function nameIn(key: string): string {
  return (JSON.parse(key) as [string, string])[1];
}
