import type * as Parser from "libpg-query";
import { sha256Of } from "../files/folder-files.ts";

// The statements of a file that runs outside of a transaction, and what Postgres only does there.

export type Statement = {
  readonly sql: string;
  /** Where it begins in the text, in UTF-16 units. */
  readonly from: number;
  readonly sha256: string;
  readonly node: Node;
  /** What has to run by itself; all else gets a transaction of its own, with the note that it is done. */
  readonly bare: boolean;
};

export type Node = Readonly<Record<string, unknown>>;

export type Relation = { readonly schema?: string; readonly name: string };

/** Postgres' own grammar, loaded when it is needed. Throws what the parser says. */
export async function parser(): Promise<typeof Parser> {
  const loaded = await import("libpg-query");
  await loaded.loadModule();
  return loaded;
}

export async function statementsOf(sql: string): Promise<readonly Statement[]> {
  const { parseSync } = await parser();
  if (sql.replace(/--.*$/gm, "").trim() === "") return [];
  const { stmts = [] } = parseSync(sql) as unknown as {
    stmts?: readonly { readonly stmt: Node; readonly stmt_location?: number; readonly stmt_len?: number }[];
  };
  // Places are told in bytes.
  const bytes = Buffer.from(sql, "utf8");
  const framed = stmts.some(({ stmt }) => "TransactionStmt" in stmt);
  let from = 0;
  let seen = 0;
  return stmts.map(({ stmt, stmt_location: at = 0, stmt_len: length }) => {
    from += bytes.subarray(seen, at).toString("utf8").length;
    seen = at;
    const text = bytes.subarray(at, length === undefined || length === 0 ? bytes.length : at + length).toString("utf8");
    return { sql: text, from, sha256: sha256Of(text.trim()), node: stmt, bare: framed || isBare(stmt) };
  });
}

function isBare(node: Node): boolean {
  const of = <T extends Node>(kind: string) => node[kind] as T | undefined;
  if (of("IndexStmt")?.["concurrent"] === true || of("DropStmt")?.["concurrent"] === true) return true;
  if (
    [
      "VacuumStmt",
      "CreatedbStmt",
      "DropdbStmt",
      "AlterSystemStmt",
      "CreateTableSpaceStmt",
      "DropTableSpaceStmt",
      "CallStmt",
      "DoStmt",
    ].some((kind) => kind in node)
  )
    return true;
  if ("CreateSubscriptionStmt" in node || "DropSubscriptionStmt" in node || "AlterDatabaseStmt" in node) return true;
  if ("ReindexStmt" in node || "ClusterStmt" in node) return true;
  return (
    commandsOf(node).some((one) => one.subtype === "AT_DetachPartition" && isConcurrentPartition(one.def)) || isFinalize(node)
  );
}

const isFinalize = (node: Node): boolean => commandsOf(node).some(({ subtype }) => subtype === "AT_DetachPartitionFinalize");

function isConcurrentPartition(def: unknown): boolean {
  return (def as { PartitionCmd?: { concurrent?: boolean } } | undefined)?.PartitionCmd?.concurrent === true;
}

type Command = { readonly subtype?: string; readonly def?: unknown };

function commandsOf(node: Node): readonly Command[] {
  const { cmds = [] } = (node["AlterTableStmt"] ?? {}) as { readonly cmds?: readonly { readonly AlterTableCmd?: Command }[] };
  return cmds.flatMap(({ AlterTableCmd }) => AlterTableCmd ?? []);
}

type RangeVar = { readonly schemaname?: string; readonly relname?: string };

export function relationOf(given: unknown): Relation | undefined {
  const { schemaname, relname } = (given ?? {}) as RangeVar;
  return relname === undefined ? undefined : { name: relname, ...(schemaname === undefined ? {} : { schema: schemaname }) };
}

/** An index that is made while others write: one that is broken off stays there, and is not used. */
export function concurrentIndexOf(node: Node): { readonly table: Relation; readonly name?: string } | undefined {
  const { concurrent, relation, idxname } = (node["IndexStmt"] ?? {}) as {
    readonly concurrent?: boolean;
    readonly relation?: unknown;
    readonly idxname?: string;
  };
  const table = relationOf(relation);
  if (concurrent !== true || table === undefined) return undefined;
  return { table, ...(idxname === undefined ? {} : { name: idxname }) };
}

/** Indexes that are dropped while others write. */
export function concurrentDropsOf(node: Node): readonly Relation[] {
  const {
    concurrent,
    removeType,
    objects = [],
  } = (node["DropStmt"] ?? {}) as {
    readonly concurrent?: boolean;
    readonly removeType?: string;
    readonly objects?: readonly {
      readonly List?: { readonly items?: readonly { readonly String?: { readonly sval?: string } }[] };
    }[];
  };
  if (concurrent !== true || removeType !== "OBJECT_INDEX") return [];
  return objects.flatMap(({ List }) => {
    const names = (List?.items ?? []).flatMap(({ String: one }) => one?.sval ?? []);
    const name = names.at(-1);
    const schema = names.at(-2);
    return name === undefined ? [] : [{ name, ...(schema === undefined ? {} : { schema }) }];
  });
}

/** The table, index or schema that is built anew concurrently. */
export function concurrentReindexOf(node: Node): Relation | undefined {
  const { relation, params = [] } = (node["ReindexStmt"] ?? {}) as {
    readonly relation?: unknown;
    readonly params?: readonly { readonly DefElem?: { readonly defname?: string } }[];
  };
  return params.some(({ DefElem }) => DefElem?.defname === "concurrently") ? relationOf(relation) : undefined;
}

/** Needs no transaction of its own, and may wait for a lock: nobody has to wait behind it. */
export function waitsFreely(node: Node): boolean {
  return concurrentIndexOf(node) !== undefined || concurrentDropsOf(node).length > 0 || concurrentReindexOf(node) !== undefined;
}
