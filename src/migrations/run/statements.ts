import type { Node } from "libpg-query";
import { sha256Of } from "../files/folder-files.ts";
import type { MigrationText } from "../migration.ts";
import { parseSql } from "../sql/parse.ts";
import { loadParser } from "../sql/parser.ts";
import { type Kind, type Name, as, kindOf, nameOf, nameOfObject } from "../sql/tree.ts";
import { filesPlace } from "./file-place.ts";

// The statements of a file that runs outside of a transaction, and what Postgres only does there.

export type Statement = {
  readonly sql: string;
  /** Where it begins in the text, in UTF-16 units. */
  readonly from: number;
  readonly sha256: string;
  /** Absent where only the server can read it. */
  readonly node?: Node;
  /** What has to run by itself; all else gets a transaction of its own, with the note that it is done. */
  readonly bare: boolean;
};

export type Parsed = Omit<Statement, "node"> & { readonly node: Node };

export async function statementsOf(text: MigrationText): Promise<readonly Parsed[]> {
  const { statements } = parseSql(await loadParser(), text.sql, (at) => ({ file: text.file, ...filesPlace(text, at) }));
  const framed = statements.some(({ kind }) => kind === "TransactionStmt");
  return statements.map(({ node, from, text: sql }) => ({
    sql,
    from,
    sha256: sha256Of(sql),
    node,
    bare: framed || isBare(node),
  }));
}

const alwaysBare = new Set<Kind>([
  "VacuumStmt",
  "CreatedbStmt",
  "DropdbStmt",
  "AlterDatabaseStmt",
  "AlterSystemStmt",
  "CreateTableSpaceStmt",
  "DropTableSpaceStmt",
  "CreateSubscriptionStmt",
  "DropSubscriptionStmt",
  "CallStmt",
  "DoStmt",
  "ReindexStmt",
  "ClusterStmt",
]);

function isBare(node: Node): boolean {
  if (alwaysBare.has(kindOf(node)) || waitsFreely(node)) return true;
  return (as(node, "AlterTableStmt")?.cmds ?? []).some((one) => {
    const command = as(one, "AlterTableCmd");
    if (command?.subtype === "AT_DetachPartitionFinalize") return true;
    return command?.subtype === "AT_DetachPartition" && as(command.def, "PartitionCmd")?.concurrent === true;
  });
}

/** An index that is made while others write: one that is broken off stays there, and is not used. */
export function concurrentIndexOf(node: Node | undefined): { readonly table: Name; readonly name?: string } | undefined {
  const index = as(node, "IndexStmt");
  if (index?.concurrent !== true) return undefined;
  return { table: nameOf(index.relation), ...(index.idxname === undefined ? {} : { name: index.idxname }) };
}

/** Indexes that are dropped while others write. */
export function concurrentDropsOf(node: Node | undefined): readonly Name[] {
  const drop = as(node, "DropStmt");
  return drop?.concurrent === true && drop.removeType === "OBJECT_INDEX" ? (drop.objects ?? []).map(nameOfObject) : [];
}

/** The table or index that is built anew concurrently. */
export function concurrentReindexOf(node: Node | undefined): Name | undefined {
  const reindex = as(node, "ReindexStmt");
  const concurrently = (reindex?.params ?? []).some((one) => as(one, "DefElem")?.defname === "concurrently");
  return concurrently && reindex?.relation !== undefined ? nameOf(reindex.relation) : undefined;
}

/** Needs no transaction of its own, and may wait for a lock: nobody has to wait behind it. */
export function waitsFreely(node: Node | undefined): boolean {
  return concurrentIndexOf(node) !== undefined || concurrentDropsOf(node).length > 0 || concurrentReindexOf(node) !== undefined;
}
