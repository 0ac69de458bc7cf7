import type { Node } from "libpg-query";
import { as } from "../sql/tree.ts";
import { columnOf, relationOf, textOf } from "./made.ts";
import { nameOfDropped } from "./taken-by-drop.ts";
import type { Taken } from "./what-is-taken.ts";

const words: Readonly<Record<string, string>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_SCHEMA: "schema",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
};

/** A table that gets another name, which a view may stand in for. */
export const renamesTable = ({ does }: Pick<Taken, "does">): boolean => does.startsWith("renames the table ");

export function takenByRename(node: Node): readonly Taken[] | undefined {
  const rename = as(node, "RenameStmt");
  if (rename !== undefined) {
    const relation =
      rename.relation !== undefined
        ? relationOf(rename.relation)
        : rename.object !== undefined
          ? textOf(nameOfDropped(rename.object))
          : (rename.subname ?? "");
    const to = rename.newname ?? "?";
    if (rename.renameType === "OBJECT_COLUMN" || rename.renameType === "OBJECT_ATTRIBUTE") {
      const column = columnOf(relation, rename.subname);
      return [{ does: `renames the column ${column} to ${to}`, kind: "breaks", relation, of: [relation, column] }];
    }
    const of = rename.relation !== undefined ? [relation] : rename.renameType === "OBJECT_SCHEMA" ? [`schema ${relation}`] : [];
    const word = words[rename.renameType ?? ""];
    return word === undefined
      ? [{ does: `renames something of ${relation} to ${to}`, kind: "may break", relation, of }]
      : [{ does: `renames the ${word} ${relation} to ${to}`, kind: "breaks", relation, of }];
  }
  const moved = as(node, "AlterObjectSchemaStmt");
  if (moved === undefined) return undefined;
  const to = moved.newschema ?? "?";
  if (moved.relation === undefined)
    return [{ does: `moves something to the schema ${to}`, kind: "may break", relation: "", of: [] }];
  const relation = relationOf(moved.relation);
  return [{ does: `moves ${relation} to the schema ${to}`, kind: "breaks", relation, of: [relation] }];
}
