import type { AlterTableCmd } from "libpg-query";
import type { Lock, LockMode } from "../finding.ts";
import { quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { as, nameOf, nameOfObject } from "../sql/tree.ts";

/** The strongest locks that a statement takes on relations which it names; how long they last is the rules' to say. */
export function locksOf({ node }: Statement): readonly Lock[] {
  const lock = (relation: string, mode: LockMode): Lock => ({ relation, mode, lasts: "instant" });
  const alter = as(node, "AlterTableStmt");
  if (alter) {
    const relation = quotedName(nameOf(alter.relation));
    const commands = (alter.cmds ?? []).flatMap((one) => as(one, "AlterTableCmd") ?? []);
    const mode = strongest(commands.map(modeOf));
    const referenced = commands.flatMap((one) => as(one.def, "Constraint")?.pktable ?? []);
    return [lock(relation, mode), ...referenced.map((one) => lock(quotedName(nameOf(one)), "SHARE ROW EXCLUSIVE"))];
  }
  const index = as(node, "IndexStmt");
  if (index) return [lock(quotedName(nameOf(index.relation)), index.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "SHARE")];
  const drop = as(node, "DropStmt");
  if (drop && ["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX"].includes(drop.removeType ?? ""))
    return (drop.objects ?? []).map((one) =>
      lock(quotedName(nameOfObject(one)), drop.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    );
  const rename = as(node, "RenameStmt");
  if (rename?.relation)
    return [
      lock(
        quotedName(nameOf(rename.relation)),
        rename.renameType === "OBJECT_INDEX" ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE",
      ),
    ];
  const emptied = as(node, "TruncateStmt");
  if (emptied) return (emptied.relations ?? []).map((one) => lock(quotedName(nameOf(as(one, "RangeVar"))), "ACCESS EXCLUSIVE"));
  const written = as(node, "UpdateStmt") ?? as(node, "DeleteStmt") ?? as(node, "InsertStmt");
  if (written) return [lock(quotedName(nameOf(written.relation)), "ROW EXCLUSIVE")];
  return [];
}

const strength: readonly LockMode[] = ["SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"];

function strongest(modes: readonly LockMode[]): LockMode {
  return modes.toSorted((a, b) => strength.indexOf(b) - strength.indexOf(a))[0] ?? "ACCESS EXCLUSIVE";
}

const mild = [
  "AT_SetStatistics",
  "AT_ClusterOn",
  "AT_DropCluster",
  "AT_SetOptions",
  "AT_ResetOptions",
  "AT_SetRelOptions",
  "AT_ResetRelOptions",
  "AT_ValidateConstraint",
  "AT_AttachPartition",
  "AT_DetachPartitionFinalize",
];

/** As AlterTableGetLockLevel of Postgres has it. */
function modeOf({ subtype = "AT_AddColumn", def }: AlterTableCmd): LockMode {
  if (mild.includes(subtype)) return "SHARE UPDATE EXCLUSIVE";
  if (subtype === "AT_DetachPartition" && as(def, "PartitionCmd")?.concurrent === true) return "SHARE UPDATE EXCLUSIVE";
  if (/^AT_(?:Enable|Disable)(?:Always|Replica)?Trig/.test(subtype)) return "SHARE ROW EXCLUSIVE";
  if (subtype === "AT_AddConstraint" && as(def, "Constraint")?.contype === "CONSTR_FOREIGN") return "SHARE ROW EXCLUSIVE";
  return "ACCESS EXCLUSIVE";
}
