import type { AlterTableCmd, AlterTableStmt, IndexStmt } from "libpg-query";
import { as, nameOf, nameOfWords, wordsOf } from "../sql/tree.ts";
import { columnTypeOf } from "../sql/types.ts";
import { applyType } from "./custom-types.ts";
import type { Statement } from "../sql/parse.ts";
import {
  type Catalogue,
  changeTable,
  emptyTable,
  foundKeyOf,
  keyOf,
  type Origin,
  type Table,
  withColumn,
  withConstraint,
  withoutColumn,
  withoutConstraint,
} from "./catalogue.ts";
import { constrained } from "./constraints.ts";
import { addTable, createTable, withDefinition } from "./create.ts";
import { putIndex } from "./indexes.ts";
import { dropObjects, moveObject, renameObject } from "./move.ts";

/** Has the catalogue know what a statement made, changed and removed. */
export function applyStatement(catalogue: Catalogue, statement: Statement, origin: Origin): void {
  const { node } = statement;
  const create = as(node, "CreateStmt");
  if (create) return createTable(catalogue, create, origin);
  const alter = as(node, "AlterTableStmt");
  if (alter) return alterTable(catalogue, alter, origin);
  const index = as(node, "IndexStmt");
  if (index) return createIndex(catalogue, index, origin);
  const drop = as(node, "DropStmt");
  if (drop) return dropObjects(catalogue, drop);
  const rename = as(node, "RenameStmt");
  if (rename) return renameObject(catalogue, rename);
  const move = as(node, "AlterObjectSchemaStmt");
  if (move) return moveObject(catalogue, move);
  applyOther(catalogue, node, origin);
  applyType(catalogue, statement, origin);
}

function applyOther(catalogue: Catalogue, node: Statement["node"], origin: Origin): void {
  const made = as(node, "CreateTableAsStmt");
  if (made) {
    const kind = made.objtype === "OBJECT_MATVIEW" ? "materialized view" : "table";
    addTable(catalogue, emptyTable(nameOf(made.into?.rel), { kind, partitioned: false, origin }));
  }
  const view = as(node, "ViewStmt");
  if (view) addTable(catalogue, emptyTable(nameOf(view.view), { kind: "view", partitioned: false, origin }));
  const schema = as(node, "CreateSchemaStmt");
  if (schema?.schemaname !== undefined) catalogue.schemas.set(schema.schemaname, origin);
  const routine = as(node, "CreateFunctionStmt");
  if (routine) {
    const said = (routine.options ?? []).flatMap((one) => as(one, "DefElem") ?? []).find((one) => one.defname === "volatility");
    const word = as(said?.arg, "String")?.sval;
    const volatility = word === "immutable" || word === "stable" ? word : "volatile";
    catalogue.routines.set(keyOf(catalogue, nameOfWords(wordsOf(routine.funcname))), { volatility });
  }
}

function alterTable(catalogue: Catalogue, alter: AlterTableStmt, origin: Origin): void {
  if (alter.objtype !== "OBJECT_TABLE" && alter.objtype !== undefined) return;
  const parent = nameOf(alter.relation);
  for (const node of alter.cmds ?? []) {
    const command = as(node, "AlterTableCmd");
    if (command === undefined) continue;
    const partition = as(command.def, "PartitionCmd")?.name;
    if (partition === undefined) changeTable(catalogue, parent, (table) => altered(catalogue, table, command, origin));
    else if (command.subtype === "AT_AttachPartition")
      changeTable(catalogue, nameOf(partition), (table) => ({ ...table, partitionOf: parent }));
    else
      changeTable(catalogue, nameOf(partition), (table) => {
        const { partitionOf: _, ...rest } = table;
        return rest;
      });
  }
}

function altered(catalogue: Catalogue, table: Table, { subtype, name = "", def }: AlterTableCmd, origin: Origin): Table {
  const definition = as(def, "ColumnDef");
  const constraint = as(def, "Constraint");
  if (subtype === "AT_AddColumn" && definition?.colname !== undefined) return withDefinition(table, definition, origin);
  if (subtype === "AT_DropColumn") return withoutColumn(table, name);
  if (subtype === "AT_SetNotNull") return withColumn(table, name, { notNull: true });
  if (subtype === "AT_DropNotNull") return withColumn(table, name, { notNull: false });
  if (subtype === "AT_ColumnDefault") return withColumn(table, name, { hasDefault: def !== undefined });
  if (subtype === "AT_AddIdentity") return withColumn(table, name, { hasDefault: true });
  if (subtype === "AT_DropIdentity") return withColumn(table, name, { hasDefault: false });
  if (subtype === "AT_AlterColumnType") {
    const type = columnTypeOf(definition?.typeName, definition?.collClause);
    return withColumn(table, name, type === undefined ? {} : { type });
  }
  if (subtype === "AT_DropConstraint") return withoutConstraint(table, name);
  if (subtype === "AT_ValidateConstraint") {
    const known = table.constraints.get(name);
    const validated = known === undefined ? table : withConstraint(table, { ...known, validated: true });
    return known?.kind === "not null"
      ? known.columns.reduce((changed, column) => withColumn(changed, column, { notNull: true }), validated)
      : validated;
  }
  if (constraint?.indexname !== undefined && subtype === "AT_AddConstraint") {
    const index = catalogue.indexes.get(foundKeyOf(catalogue, catalogue.indexes, { ...table.name, name: constraint.indexname }));
    const keys = (index?.columns ?? []).map((sval) => ({ String: { sval } }));
    return constrained(table, { conname: constraint.indexname, ...constraint, keys }, undefined, origin);
  }
  return constraint && subtype === "AT_AddConstraint" ? constrained(table, constraint, undefined, origin) : table;
}

function createIndex(catalogue: Catalogue, index: IndexStmt, origin: Origin): void {
  if (index.idxname === undefined) return;
  const table = nameOf(index.relation);
  const name = { ...table, name: index.idxname };
  const columns = (index.indexParams ?? []).flatMap((node) => as(node, "IndexElem")?.name ?? []);
  const tableKey = foundKeyOf(catalogue, catalogue.tables, table);
  const about = {
    name,
    table,
    tableKey,
    unique: index.unique === true,
    columns,
    partial: index.whereClause !== undefined,
    origin,
  };
  const key = keyOf(catalogue, name);
  if (!(index.if_not_exists === true && catalogue.indexes.has(key))) putIndex(catalogue, key, about);
}
