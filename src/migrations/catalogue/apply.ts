import type { AlterTableStmt, CreateStmt, DropStmt, IndexStmt, RenameStmt } from "libpg-query";
import { as, type Name, nameOf, nameOfObject, nameOfWords, wordsOf } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";
import { type Catalogue, emptyTable, keyOf, knownTable, type Origin, type Table } from "./catalogue.ts";
import { addConstraint, columnOf } from "./constraints.ts";

/** Has the catalogue know what a statement made, changed and removed. */
export function applyStatement(catalogue: Catalogue, { node }: Statement, origin: Origin): void {
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
  applyOther(catalogue, node, origin);
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
  const type = as(node, "CreateEnumStmt")?.typeName;
  if (type) addType(catalogue, nameOfWords(wordsOf(type)), "enum", origin);
  const domain = as(node, "CreateDomainStmt")?.domainname;
  if (domain) addType(catalogue, nameOfWords(wordsOf(domain)), "domain", origin);
  const value = as(node, "AlterEnumStmt");
  if (value?.newVal !== undefined)
    catalogue.types.get(keyOf(catalogue, nameOfWords(wordsOf(value.typeName))))?.addedValues.set(value.newVal, origin);
  const routine = as(node, "CreateFunctionStmt");
  if (routine) {
    const said = (routine.options ?? []).flatMap((one) => as(one, "DefElem") ?? []).find((one) => one.defname === "volatility");
    const word = as(said?.arg, "String")?.sval;
    const volatility = word === "immutable" || word === "stable" ? word : "volatile";
    catalogue.routines.set(keyOf(catalogue, nameOfWords(wordsOf(routine.funcname))), { volatility });
  }
  const setting = as(node, "VariableSetStmt");
  if (setting?.name === "search_path") catalogue.searchPath = as(setting.args?.[0], "A_Const")?.sval?.sval ?? "public";
}

function addType(catalogue: Catalogue, name: Name, kind: "enum" | "domain", origin: Origin): void {
  catalogue.types.set(keyOf(catalogue, name), { kind, origin, addedValues: new Map() });
}

/** IF NOT EXISTS leaves what is there as it is: what is known stays. */
function addTable(catalogue: Catalogue, table: Table, ifNotExists = false): void {
  const key = keyOf(catalogue, table.name);
  if (!(ifNotExists && catalogue.tables.has(key))) catalogue.tables.set(key, table);
}

function createTable(catalogue: Catalogue, create: CreateStmt, origin: Origin): void {
  const table = emptyTable(nameOf(create.relation), { kind: "table", partitioned: create.partspec !== undefined, origin });
  for (const element of create.tableElts ?? []) {
    const column = as(element, "ColumnDef");
    if (column?.colname !== undefined) addColumn(table, column.colname, element, origin);
    const constraint = as(element, "Constraint");
    if (constraint) addConstraint(table, constraint, undefined, origin);
  }
  addTable(catalogue, table, create.if_not_exists === true);
}

function addColumn(table: Table, name: string, definition: Parameters<typeof as>[0], origin: Origin): void {
  const column = as(definition, "ColumnDef");
  const type = wordsOf(column?.typeName?.names).at(-1);
  table.columns.set(name, { name, origin, ...(type === undefined ? {} : { type }) });
  for (const node of column?.constraints ?? []) {
    const constraint = as(node, "Constraint");
    if (constraint) addConstraint(table, constraint, name, origin);
  }
}

function alterTable(catalogue: Catalogue, alter: AlterTableStmt, origin: Origin): void {
  if (alter.objtype !== "OBJECT_TABLE" && alter.objtype !== undefined) return;
  const table = knownTable(catalogue, nameOf(alter.relation));
  for (const node of alter.cmds ?? []) {
    const command = as(node, "AlterTableCmd");
    const name = command?.name ?? "";
    const definition = as(command?.def, "ColumnDef");
    const constraint = as(command?.def, "Constraint");
    if (command?.subtype === "AT_AddColumn" && definition?.colname !== undefined)
      addColumn(table, definition.colname, command.def, origin);
    else if (command?.subtype === "AT_DropColumn") table.columns.delete(name);
    else if (command?.subtype === "AT_SetNotNull") columnOf(table, name).notNull = true;
    else if (command?.subtype === "AT_DropNotNull") columnOf(table, name).notNull = false;
    else if (command?.subtype === "AT_AlterColumnType")
      columnOf(table, name).type = wordsOf(definition?.typeName?.names).at(-1) ?? "";
    else if (command?.subtype === "AT_DropConstraint") table.constraints.delete(name);
    else if (command?.subtype === "AT_ValidateConstraint") {
      const known = table.constraints.get(name);
      if (known) known.validated = true;
    } else if (constraint) addConstraint(table, constraint, undefined, origin);
  }
}

function createIndex(catalogue: Catalogue, index: IndexStmt, origin: Origin): void {
  if (index.idxname === undefined) return;
  const table = nameOf(index.relation);
  const name = { ...table, name: index.idxname };
  const columns = (index.indexParams ?? []).flatMap((node) => as(node, "IndexElem")?.name ?? []);
  const about = { name, table, unique: index.unique === true, columns, partial: index.whereClause !== undefined, origin };
  const key = keyOf(catalogue, name);
  if (!(index.if_not_exists === true && catalogue.indexes.has(key))) catalogue.indexes.set(key, about);
}

function dropObjects(catalogue: Catalogue, drop: DropStmt): void {
  for (const object of drop.objects ?? []) {
    const name = nameOfObject(object);
    const key = keyOf(catalogue, name);
    if (drop.removeType === "OBJECT_INDEX") catalogue.indexes.delete(key);
    else if (drop.removeType === "OBJECT_TYPE" || drop.removeType === "OBJECT_DOMAIN") catalogue.types.delete(key);
    else if (drop.removeType === "OBJECT_SCHEMA") catalogue.schemas.delete(name.name);
    else if (["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"].includes(drop.removeType ?? "")) {
      catalogue.tables.delete(key);
      for (const [indexKey, index] of catalogue.indexes)
        if (keyOf(catalogue, index.table) === key) catalogue.indexes.delete(indexKey);
    }
  }
}

function renameObject(catalogue: Catalogue, rename: RenameStmt): void {
  const old = nameOf(rename.relation);
  const key = keyOf(catalogue, old);
  const to = rename.newname ?? "";
  if (rename.renameType === "OBJECT_COLUMN") {
    const table = knownTable(catalogue, old);
    const column = columnOf(table, rename.subname ?? "");
    table.columns.delete(column.name);
    table.columns.set(to, { ...column, name: to });
  } else if (rename.renameType === "OBJECT_TABCONSTRAINT") {
    const { constraints } = knownTable(catalogue, old);
    const known = constraints.get(rename.subname ?? "");
    constraints.delete(rename.subname ?? "");
    if (known) constraints.set(to, { ...known, name: to });
  } else if (rename.renameType === "OBJECT_INDEX") {
    const index = catalogue.indexes.get(key);
    catalogue.indexes.delete(key);
    if (index) catalogue.indexes.set(keyOf(catalogue, { ...old, name: to }), { ...index, name: { ...old, name: to } });
  } else if (rename.renameType === "OBJECT_TABLE") {
    const table = catalogue.tables.get(key);
    catalogue.tables.delete(key);
    if (table) {
      table.name = { ...old, name: to };
      catalogue.tables.set(keyOf(catalogue, table.name), table);
    }
  }
}
