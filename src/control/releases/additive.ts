import type { AlterTableCmd, ColumnDef, Constraint, Node, RangeVar } from "libpg-query";

// Whether code that knows nothing of a statement still runs after it: nothing dropped, renamed, retyped or made stricter, and no row changed
// under it. Whatever is not known to be so is not so.

/** What these very migrations have made: nobody from before knows it, so that whatever is done to it is theirs alone. */
export type Fresh = { readonly tables: Set<string>; readonly columns: Set<string> };

/** Why an old revision may not run after it; undefined where it adds, and nothing else. */
export function notAdditive(stmt: Node, fresh: Fresh): string | undefined {
  if ("CreateStmt" in stmt) {
    fresh.tables.add(nameOf(stmt.CreateStmt.relation));
    return undefined;
  }
  if ("CreateTableAsStmt" in stmt) {
    fresh.tables.add(nameOf(stmt.CreateTableAsStmt.into?.rel));
    return undefined;
  }
  if ("AlterTableStmt" in stmt) return altered(stmt.AlterTableStmt, fresh);
  if ("IndexStmt" in stmt)
    return stmt.IndexStmt.unique === true && !isFresh(stmt.IndexStmt.relation, fresh)
      ? "refuses rows that it took before"
      : undefined;
  if ("DropStmt" in stmt) {
    const names = (stmt.DropStmt.objects ?? []).map((one) =>
      "List" in one ? (one.List.items ?? []).map(textOf).join(".") : "?",
    );
    const isOwn = stmt.DropStmt.removeType === "OBJECT_TABLE" && names.every((name) => fresh.tables.has(name));
    return isOwn ? undefined : "drops something";
  }
  if ("RenameStmt" in stmt) return isFresh(stmt.RenameStmt.relation, fresh) ? undefined : "renames something";
  if ("AlterEnumStmt" in stmt) return stmt.AlterEnumStmt.oldVal === undefined ? undefined : "renames a value";
  if ("CreateFunctionStmt" in stmt) return stmt.CreateFunctionStmt.replace === true ? "replaces a function" : undefined;
  if ("ViewStmt" in stmt) return stmt.ViewStmt.replace === true ? "replaces a view" : undefined;
  if ("CreateTrigStmt" in stmt)
    return isFresh(stmt.CreateTrigStmt.relation, fresh) ? undefined : "does something more with each change of a row";
  if ("GrantStmt" in stmt) return stmt.GrantStmt.is_grant === true ? undefined : "takes rights away";
  if ("InsertStmt" in stmt) return inserted(stmt.InsertStmt, fresh);
  if ("UpdateStmt" in stmt) {
    const { relation, targetList = [] } = stmt.UpdateStmt;
    const columns = targetList.flatMap((one) => ("ResTarget" in one ? [one.ResTarget.name ?? "?"] : ["?"]));
    const isOwn = isFresh(relation, fresh) || columns.every((one) => fresh.columns.has(`${nameOf(relation)}.${one}`));
    return isOwn && !writesElsewhere(stmt) ? undefined : "changes rows that were there";
  }
  return harmless.some((kind) => kind in stmt) ? undefined : "is none of those that are known to add only";
}

const harmless: readonly string[] = [
  "AlterExtensionStmt",
  "CommentStmt",
  "CompositeTypeStmt",
  "CreateDomainStmt",
  "CreateEnumStmt",
  "CreateExtensionStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStatsStmt",
  "LockStmt",
  "RefreshMatViewStmt",
  "ReindexStmt",
  "TransactionStmt",
  "VacuumStmt",
  "VariableSetStmt",
];

type Altering = Extract<Node, { AlterTableStmt: unknown }>["AlterTableStmt"];

function altered({ relation, cmds = [], objtype }: Altering, fresh: Fresh): string | undefined {
  if (objtype !== "OBJECT_TABLE") return "changes something that is no table";
  if (isFresh(relation, fresh)) return undefined;
  for (const cmd of cmds) {
    const why = "AlterTableCmd" in cmd ? alteredBy(cmd.AlterTableCmd, nameOf(relation), fresh) : "cannot be read";
    if (why !== undefined) return why;
  }
  return undefined;
}

function alteredBy({ subtype, name, def }: AlterTableCmd, table: string, fresh: Fresh): string | undefined {
  const isOwn = name !== undefined && fresh.columns.has(`${table}.${name}`);
  switch (subtype) {
    case "AT_AddColumn": {
      if (def === undefined || !("ColumnDef" in def)) return "cannot be read";
      const why = added(def.ColumnDef);
      if (why === undefined) fresh.columns.add(`${table}.${def.ColumnDef.colname ?? "?"}`);
      return why;
    }
    case "AT_ColumnDefault":
      return def === undefined && !isOwn ? "drops a default" : undefined;
    case "AT_SetStatistics":
    case "AT_SetStorage":
    case "AT_SetCompression":
    case "AT_SetRelOptions":
    case "AT_ResetRelOptions":
    case "AT_ClusterOn":
    case "AT_DropCluster":
    case "AT_ReplicaIdentity":
      return undefined;
    case "AT_DropColumn":
      return isOwn ? undefined : "drops a column";
    case "AT_AlterColumnType":
      return isOwn ? undefined : "changes a type";
    case "AT_SetNotNull":
      return "asks for a value that was not asked for before";
    case "AT_DropNotNull":
      return isOwn ? undefined : "lets nothing stand where a value was";
    case "AT_AddConstraint":
    case "AT_ValidateConstraint":
      return "refuses rows that it took before";
    default:
      return "changes a table in a way that is not known to add only";
  }
}

/** Whoever does not know the column writes rows without it. */
function added({ constraints = [] }: ColumnDef): string | undefined {
  const kinds = new Set(
    constraints.flatMap((one): readonly Constraint["contype"][] => ("Constraint" in one ? [one.Constraint.contype] : [])),
  );
  const hasValue = kinds.has("CONSTR_DEFAULT") || kinds.has("CONSTR_IDENTITY") || kinds.has("CONSTR_GENERATED");
  if (kinds.has("CONSTR_PRIMARY")) return "changes a primary key";
  if (kinds.has("CONSTR_NOTNULL") && !hasValue) return "adds a column that rows without a value are refused for";
  if (kinds.has("CONSTR_UNIQUE") && kinds.has("CONSTR_DEFAULT"))
    return "adds a column that is the same in rows that do not know it";
  return undefined;
}

type Inserting = Extract<Node, { InsertStmt: unknown }>["InsertStmt"];

function inserted(stmt: Inserting, fresh: Fresh): string | undefined {
  if (writesElsewhere({ InsertStmt: stmt })) return "changes rows that were there";
  const overwrites = stmt.onConflictClause?.action === "ONCONFLICT_UPDATE" && !isFresh(stmt.relation, fresh);
  return overwrites ? "changes rows that were there" : undefined;
}

/** Something inside of it writes as well: `WITH gone AS (DELETE …)`. */
function writesElsewhere(stmt: object): boolean {
  const [inside] = Object.values(stmt) as object[];
  return /"(?:DeleteStmt|UpdateStmt|MergeStmt)":/.test(JSON.stringify(inside ?? {}));
}

function isFresh(relation: RangeVar | undefined, { tables }: Fresh): boolean {
  return tables.has(nameOf(relation));
}

/** As it is written: under two names it is taken for two. */
function nameOf(relation: RangeVar | undefined): string {
  const { schemaname, relname = "?" } = relation ?? {};
  return schemaname === undefined ? relname : `${schemaname}.${relname}`;
}

function textOf(node: Node): string {
  return "String" in node ? (node.String.sval ?? "?") : "?";
}
