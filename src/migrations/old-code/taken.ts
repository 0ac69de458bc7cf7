import type { Node } from "libpg-query";
import { as, wordsOf } from "../sql/tree.ts";
import type { Made } from "./made.ts";
import { relationOf } from "./made.ts";
import { takenByDrop } from "./taken-by-drop.ts";
import { takenByRename } from "./taken-by-rename.ts";
import { takenByWrite } from "./taken-by-write.ts";
import { takenInTable } from "./taken-in-table.ts";
import type { Taken } from "./what-is-taken.ts";

// Whether code that was written before a statement can live with it. One answer for whoever asks: a rollback minds whatever is not known to
// add only; the gate of a release minds what surely takes something away; the way back says what it loses.

/** What a statement takes away from code that knows nothing of it; nothing where it adds, and nothing else. */
export function takenBy(node: Node, made: Made): readonly Taken[] {
  return seenIn(node, made).flatMap((one) => {
    if (one.of.some((name) => made.surely.has(name))) return [];
    return [one.of.some((name) => made.perhaps.has(name)) ? { ...one, kind: "may break" } : one];
  });
}

function seenIn(node: Node, made: Made): readonly Taken[] {
  const found = takenInTable(node) ?? takenByDrop(node) ?? takenByRename(node) ?? takenByWrite(node, made);
  if (found !== undefined) return found;
  const may = (does: string, relation = ""): readonly Taken[] => [
    { does, kind: "may break", relation, of: relation === "" ? [] : [relation] },
  ];
  const value = as(node, "AlterEnumStmt");
  if (value !== undefined) {
    const relation = wordsOf(value.typeName).join(".");
    return value.oldVal === undefined
      ? []
      : [{ does: `renames the value ${value.oldVal} of ${relation}`, kind: "breaks", relation, of: [] }];
  }
  const index = as(node, "IndexStmt");
  if (index !== undefined) {
    const relation = relationOf(index.relation);
    return index.unique === true ? may(`refuses rows that ${relation} took before`, relation) : [];
  }
  const trigger = as(node, "CreateTrigStmt");
  if (trigger !== undefined) {
    const relation = relationOf(trigger.relation);
    return may(`does something more with each change of a row of ${relation}`, relation);
  }
  if (as(node, "CreateFunctionStmt") !== undefined)
    return as(node, "CreateFunctionStmt")?.replace === true ? may("replaces a function") : [];
  const view = as(node, "ViewStmt");
  if (view !== undefined) return view.replace === true ? may(`replaces the view ${relationOf(view.view)}`) : [];
  const grant = as(node, "GrantStmt");
  if (grant !== undefined) return grant.is_grant === true ? [] : may("takes rights away");
  return adding.some((kind) => kind in node) ? [] : may("is none of those that are known to add only");
}

const adding: readonly string[] = [
  "AlterExtensionStmt",
  "CommentStmt",
  "CompositeTypeStmt",
  "CreateDomainStmt",
  "CreateEnumStmt",
  "CreateExtensionStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStatsStmt",
  "CreateStmt",
  "LockStmt",
  "RefreshMatViewStmt",
  "ReindexStmt",
  "TransactionStmt",
  "VacuumStmt",
  "VariableSetStmt",
];
