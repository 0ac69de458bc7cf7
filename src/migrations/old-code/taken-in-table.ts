import type { AlterTableCmd, ColumnDef, Node } from "libpg-query";
import { as, wordsOf } from "../sql/tree.ts";
import { columnOf, relationOf } from "./made.ts";
import type { Taken } from "./what-is-taken.ts";

export function takenInTable(node: Node): readonly Taken[] | undefined {
  const alter = as(node, "AlterTableStmt");
  if (alter === undefined) return undefined;
  const relation = relationOf(alter.relation);
  return (alter.cmds ?? []).flatMap((one) => {
    const found = commandTakes(as(one, "AlterTableCmd"), relation);
    return found.length === 0 && alter.objtype !== "OBJECT_TABLE"
      ? [{ does: `changes ${relation}, which is no table`, kind: "may break", relation, of: [relation] }]
      : found;
  });
}

function commandTakes(command: AlterTableCmd | undefined, relation: string): readonly Taken[] {
  const column = columnOf(relation, command?.name);
  const taken = (does: string, kind: Taken["kind"], of: readonly string[] = [relation]): readonly Taken[] => [
    { does, kind, relation, of },
  ];
  const ofColumn = [relation, column];
  switch (command?.subtype) {
    case "AT_AddColumn":
      return addedTakes(as(command.def, "ColumnDef"), relation);
    case "AT_DropColumn":
      return taken(`drops the column ${column}`, "loses", ofColumn);
    case "AT_AlterColumnType":
      return taken(`changes the type of ${column}`, "breaks", ofColumn);
    // Whoever does not know the column writes rows without it, also where it is new.
    case "AT_SetNotNull":
      return taken(`forbids NULL in ${column}`, "breaks");
    case "AT_DropNotNull":
      return taken(`lets NULL stand in ${column}`, "may break", ofColumn);
    case "AT_ColumnDefault":
      return command.def === undefined ? taken(`drops the default of ${column}`, "breaks", ofColumn) : [];
    case "AT_DropIdentity":
      return taken(`drops the identity of ${column}`, "breaks", ofColumn);
    case "AT_DetachPartition":
      return taken(`takes a partition out of ${relation}`, "breaks");
    case "AT_AddConstraint": {
      const constraint = as(command.def, "Constraint");
      return constraint?.contype === "CONSTR_NOTNULL"
        ? taken(`forbids NULL in ${relation}.${wordsOf(constraint.keys).join(", ")}`, "breaks")
        : taken(`refuses rows that ${relation} took before`, "may break");
    }
    case "AT_ValidateConstraint":
      return taken(`refuses rows that ${relation} took before`, "may break");
    case "AT_SetStatistics":
    case "AT_SetStorage":
    case "AT_SetCompression":
    case "AT_SetRelOptions":
    case "AT_ResetRelOptions":
    case "AT_ClusterOn":
    case "AT_DropCluster":
    case "AT_ReplicaIdentity":
      return [];
    default:
      return taken(`changes ${relation} in a way that is not known to add only`, "may break");
  }
}

function addedTakes(definition: ColumnDef | undefined, relation: string): readonly Taken[] {
  const kinds = (definition?.constraints ?? []).flatMap((one) => as(one, "Constraint")?.contype ?? []);
  const isGiven =
    kinds.some((one) => one === "CONSTR_DEFAULT" || one === "CONSTR_IDENTITY" || one === "CONSTR_GENERATED") ||
    wordsOf(definition?.typeName?.names).some((one) => /serial\d?$/.test(one));
  const column = columnOf(relation, definition?.colname);
  if ((kinds.includes("CONSTR_NOTNULL") || kinds.includes("CONSTR_PRIMARY")) && !isGiven)
    return [{ does: `adds ${column}, which every row has to be given`, kind: "breaks", relation, of: [relation] }];
  if (kinds.includes("CONSTR_PRIMARY"))
    return [{ does: `changes the primary key of ${relation}`, kind: "may break", relation, of: [relation] }];
  return kinds.includes("CONSTR_UNIQUE") && kinds.includes("CONSTR_DEFAULT")
    ? [{ does: `adds ${column}, which is the same in rows that do not know it`, kind: "may break", relation, of: [relation] }]
    : [];
}
