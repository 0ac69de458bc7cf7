import type { Node, RangeVar } from "libpg-query";
import { type Name, as, nameOf } from "../sql/tree.ts";

/** What these very migrations have made: nobody from before knows it, so that whatever is done to it is theirs alone. */
export type Made = {
  /** Relations as `notes`, columns as `notes.text`, schemas as `schema s`. */
  readonly surely: Set<string>;
  /** IF NOT EXISTS, OR REPLACE, a partition of what was there: it may be older than they are, or be used under another's name. */
  readonly perhaps: Set<string>;
};

export const nothingMade = (): Made => ({ surely: new Set(), perhaps: new Set() });

/** `public` is where everything is that says nothing else. */
export function textOf({ schema, name }: Name): string {
  return schema === undefined || schema === "public" ? name : `${schema}.${name}`;
}

export const relationOf = (relation: RangeVar | undefined): string => textOf(nameOf(relation));

export const columnOf = (relation: string, column: string | undefined): string => `${relation}.${column ?? "?"}`;

/** Remembers what a statement makes. */
export function remember(node: Node, made: Made): void {
  const add = (what: string, isPerhaps: boolean): void => {
    (isPerhaps ? made.perhaps : made.surely).add(what);
  };
  const table = as(node, "CreateStmt");
  if (table !== undefined) add(relationOf(table.relation), table.if_not_exists === true || (table.inhRelations ?? []).length > 0);
  const filled = as(node, "CreateTableAsStmt");
  if (filled !== undefined) add(relationOf(filled.into?.rel), filled.if_not_exists === true);
  const view = as(node, "ViewStmt");
  if (view !== undefined) add(relationOf(view.view), view.replace === true);
  const schema = as(node, "CreateSchemaStmt");
  if (schema?.schemaname !== undefined) add(`schema ${schema.schemaname}`, schema.if_not_exists === true);
  const alter = as(node, "AlterTableStmt");
  for (const one of alter?.cmds ?? []) {
    const command = as(one, "AlterTableCmd");
    const column = command?.subtype === "AT_AddColumn" ? as(command.def, "ColumnDef")?.colname : undefined;
    if (column !== undefined) add(columnOf(relationOf(alter?.relation), column), command?.missing_ok === true);
  }
  const rename = as(node, "RenameStmt");
  if (rename?.relation === undefined || rename.newname === undefined) return;
  const relation = relationOf(rename.relation);
  const { schemaname } = rename.relation;
  const isColumn = rename.renameType === "OBJECT_COLUMN";
  const to = isColumn
    ? columnOf(relation, rename.newname)
    : textOf({ name: rename.newname, ...(schemaname === undefined ? {} : { schema: schemaname }) });
  if (made.surely.has(isColumn ? columnOf(relation, rename.subname) : relation)) add(to, false);
}
