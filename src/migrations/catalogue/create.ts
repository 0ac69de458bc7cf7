import type { ColumnDef, CreateStmt } from "libpg-query";
import { as, nameOf, wordsOf } from "../sql/tree.ts";
import { columnTypeOf, serials } from "../sql/types.ts";
import { type Catalogue, emptyTable, keyOf, type Origin, type Table, tableOf, withColumn } from "./catalogue.ts";
import { constrained } from "./constraints.ts";

/** IF NOT EXISTS leaves what is there as it is: what is known stays. */
export function addTable(catalogue: Catalogue, table: Table, ifNotExists = false): void {
  const key = keyOf(catalogue, table.name);
  if (!(ifNotExists && catalogue.tables.has(key))) catalogue.tables.set(key, table);
}

export function createTable(catalogue: Catalogue, create: CreateStmt, origin: Origin): void {
  const key = (create.partspec?.partParams ?? []).flatMap((one) => as(one, "PartitionElem")?.name ?? []);
  const parents = (create.inhRelations ?? []).map((one) => nameOf(as(one, "RangeVar")));
  const [parent] = parents;
  let table: Table = {
    ...emptyTable(nameOf(create.relation), { kind: "table", partitioned: create.partspec !== undefined, origin }),
    ...(create.partspec === undefined ? {} : { partitionKey: key }),
    ...(create.partbound !== undefined && parent !== undefined ? { partitionOf: parent } : {}),
  };
  for (const one of parents) table = withColumnsOf(table, tableOf(catalogue, one), "everything", origin);
  for (const element of create.tableElts ?? []) {
    const column = as(element, "ColumnDef");
    if (column?.colname !== undefined) table = withDefinition(table, column, origin);
    const like = as(element, "TableLikeClause");
    if (like) table = withColumnsOf(table, tableOf(catalogue, nameOf(like.relation)), like.options ?? 0, origin);
    const constraint = as(element, "Constraint");
    if (constraint) table = constrained(table, constraint, undefined, origin);
  }
  addTable(catalogue, table, create.if_not_exists === true);
}

/** Which of INCLUDING's words take what with them, as Postgres counts them. */
const including = { constraints: 1 << 2, defaults: 1 << 3 };

/** What a table gets from one that it is LIKE, or whose child it is. Foreign keys are not among it. */
function withColumnsOf(table: Table, like: Table | undefined, options: number | "everything", origin: Origin): Table {
  const has = (option: number) => options === "everything" || (options & option) !== 0;
  let made = table;
  for (const { name, notNull, hasDefault, type } of like?.columns.values() ?? [])
    made = withColumn(made, name, {
      ...(notNull === undefined ? {} : { notNull }),
      ...(hasDefault !== undefined && has(including.defaults) ? { hasDefault } : {}),
      ...(type === undefined ? {} : { type }),
      origin,
    });
  if (!has(including.constraints)) return made;
  const constraints = new Map(made.constraints);
  for (const [name, one] of like?.constraints ?? []) if (one.kind === "check") constraints.set(name, { ...one, origin });
  return { ...made, constraints };
}

/** The table with a column as a statement writes it. */
export function withDefinition(table: Table, column: ColumnDef, origin: Origin): Table {
  const name = column.colname ?? "";
  const type = columnTypeOf(column.typeName, column.collClause);
  const words = wordsOf(column.typeName?.names);
  const numbered = words.length === 1 && serials[words[0] ?? ""] !== undefined ? { notNull: true, hasDefault: true } : {};
  let made = withColumn(table, name, { origin, ...(type === undefined ? {} : { type }), ...numbered });
  for (const node of column.constraints ?? []) {
    const constraint = as(node, "Constraint");
    if (constraint) made = constrained(made, constraint, name, origin);
  }
  return made;
}
