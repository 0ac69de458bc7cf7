import type { AlterTableCmd } from "libpg-query";
import { onceFor } from "../../lib/once-for.ts";
import { type Lock, type LockMode, lockModes } from "../finding.ts";
import { quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { as, type Name, nameOf, nameOfObject, nameOfWords, wordsOf } from "../sql/tree.ts";

export type HeldLock = Lock & { readonly name: Name };

/** The strongest locks that a statement takes on relations which it names; how long they last is the rules' to say. */
export function locksOf(statement: Statement): readonly HeldLock[] {
  return locksBy(statement.node);
}

/** Several rules ask it of each statement. */
const locksBy = onceFor((node: Statement["node"]): readonly HeldLock[] => {
  const lock = (name: Name, mode: LockMode): HeldLock => ({ name, relation: quotedName(name), mode, lasts: "instant" });
  const alter = as(node, "AlterTableStmt");
  if (alter) {
    const relation = nameOf(alter.relation);
    const commands = (alter.cmds ?? []).flatMap((one) => as(one, "AlterTableCmd") ?? []);
    const mode = strongest(commands.map(modeOf));
    const referenced = commands.flatMap((one) => as(one.def, "Constraint")?.pktable ?? []);
    return [lock(relation, mode), ...referenced.map((one) => lock(nameOf(one), "SHARE ROW EXCLUSIVE"))];
  }
  const index = as(node, "IndexStmt");
  if (index) return [lock(nameOf(index.relation), index.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "SHARE")];
  const drop = as(node, "DropStmt");
  if (drop && ["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX"].includes(drop.removeType ?? ""))
    return (drop.objects ?? []).map((one) =>
      lock(nameOfObject(one), drop.concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    );
  const rename = as(node, "RenameStmt");
  if (rename?.relation)
    return [lock(nameOf(rename.relation), rename.renameType === "OBJECT_INDEX" ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE")];
  const others = otherLocks(node);
  if (others.length > 0) return others.map(([name, mode]) => lock(name, mode));
  const emptied = as(node, "TruncateStmt");
  if (emptied) return (emptied.relations ?? []).map((one) => lock(nameOf(as(one, "RangeVar")), "ACCESS EXCLUSIVE"));
  const written = as(node, "UpdateStmt") ?? as(node, "DeleteStmt") ?? as(node, "InsertStmt");
  if (written) return [lock(nameOf(written.relation), "ROW EXCLUSIVE")];
  return [];
});

function otherLocks(node: Statement["node"]): readonly (readonly [Name, LockMode])[] {
  const trigger = as(node, "CreateTrigStmt");
  if (trigger) return [[nameOf(trigger.relation), "SHARE ROW EXCLUSIVE"]];
  const policy = as(node, "CreatePolicyStmt")?.table ?? as(node, "AlterPolicyStmt")?.table;
  if (policy) return [[nameOf(policy), "ACCESS EXCLUSIVE"]];
  const drop = as(node, "DropStmt");
  if (drop && ["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"].includes(drop.removeType ?? ""))
    return (drop.objects ?? []).map((one) => [nameOfWords(wordsOf(as(one, "List")?.items).slice(0, -1)), "ACCESS EXCLUSIVE"]);
  const refresh = as(node, "RefreshMatViewStmt");
  if (refresh) return [[nameOf(refresh.relation), refresh.concurrent === true ? "EXCLUSIVE" : "ACCESS EXCLUSIVE"]];
  const by = as(node, "LockStmt");
  const mode = lockModes[(by?.mode ?? 0) - 1] ?? "ACCESS EXCLUSIVE";
  return (by?.relations ?? []).map((one) => [nameOf(as(one, "RangeVar")), mode]);
}

function strongest(modes: readonly LockMode[]): LockMode {
  return lockModes.findLast((mode) => modes.includes(mode)) ?? "ACCESS EXCLUSIVE";
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
