import type { Node, RangeVar } from "libpg-query";
import { allOf, as } from "../sql/tree.ts";
import { type Made, columnOf, relationOf } from "./made.ts";
import type { Taken } from "./what-is-taken.ts";

/** Rows that were there, changed or gone. New ones are new to nobody. */
export function takenByWrite(node: Node, made: Made): readonly Taken[] | undefined {
  const truncate = as(node, "TruncateStmt");
  if (truncate !== undefined) {
    const named = (truncate.relations ?? []).map((one): Taken => {
      const relation = relationOf(as(one, "RangeVar"));
      return { does: `empties the table ${relation}`, kind: "loses", relation, of: [relation] };
    });
    return truncate.behavior === "DROP_CASCADE"
      ? [...named, { does: "empties whatever refers to them", kind: "may break", relation: "", of: [] }]
      : named;
  }
  const cleared = as(node, "DeleteStmt");
  if (cleared !== undefined) {
    const relation = relationOf(cleared.relation);
    return cleared.whereClause === undefined
      ? [{ does: `deletes all rows of ${relation}`, kind: "loses", relation, of: [relation] }, ...elsewhere(cleared)]
      : [...changes(cleared.relation), ...elsewhere(cleared)];
  }
  const insert = as(node, "InsertStmt");
  if (insert !== undefined)
    return insert.onConflictClause?.action === "ONCONFLICT_UPDATE"
      ? [...changes(insert.relation), ...elsewhere(insert)]
      : elsewhere(insert);
  const update = as(node, "UpdateStmt");
  if (update !== undefined) {
    const relation = relationOf(update.relation);
    const isOwn = (update.targetList ?? []).every((one) => made.surely.has(columnOf(relation, as(one, "ResTarget")?.name)));
    return isOwn ? elsewhere(update) : [...changes(update.relation), ...elsewhere(update)];
  }
  const filled = as(node, "CreateTableAsStmt");
  return filled === undefined ? undefined : elsewhere(filled);
}

function changes(table: RangeVar | undefined): readonly Taken[] {
  const relation = relationOf(table);
  return [{ does: `changes rows of ${relation} that were there`, kind: "may break", relation, of: [relation] }];
}

/** Something inside of it writes as well: `WITH gone AS (DELETE …)`. */
function elsewhere(inside: object): readonly Taken[] {
  return [...allOf(inside, "DeleteStmt"), ...allOf(inside, "UpdateStmt"), ...allOf(inside, "MergeStmt")].flatMap(({ relation }) =>
    changes(relation),
  );
}
