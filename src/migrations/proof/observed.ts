import type { Lock, LockMode } from "../finding.ts";
import { strength, type HeldLock } from "./locks.ts";
import type { Relation, RelationKind, Relations } from "./relations.ts";

/** What a statement did to relations that were there before it. */
export type Observed = {
  /** The strongest first, those that other locks of the same relation imply left out. */
  readonly locks: readonly ObservedLock[];
  /** Tables that were written anew, row by row. */
  readonly rewritten: readonly string[];
  /** Tables that were given an empty file: TRUNCATE. */
  readonly emptied: readonly string[];
  /** Indexes of tables that were there, made or made anew. */
  readonly built: readonly { readonly index: string; readonly of: string }[];
  readonly read: readonly { readonly relation: string; readonly rows: number }[];
  readonly written: readonly {
    readonly relation: string;
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  }[];
  /** What took the statement's time, as long as which each of its locks was held at least. */
  readonly lasts: Lock["lasts"];
};

export type ObservedLock = {
  readonly relation: string;
  readonly kind: RelationKind;
  readonly mode: LockMode;
  /** The table, of an index. */
  readonly of?: string;
};

/** Relations before and after a statement, and those of which it is told. */
export type Looks = { readonly before: Relations; readonly after: Relations; readonly known: Relations };

/** Reads from what was before and after a statement what it did. `locks` are those it has taken. */
export function whatItDid({ before, after, known }: Looks, locks: readonly HeldLock[]): Observed {
  const changed = [...before.values()].flatMap((was) => {
    const now = after.get(was.oid);
    return now === undefined || !known.has(was.oid) ? [] : [{ was, now }];
  });
  const tables = changed.filter(({ now }) => holdsRows(now));
  const newFile = ({ was, now }: { was: Relation; now: Relation }) => was.file !== now.file;
  const isEmptied = (one: { was: Relation; now: Relation }) => newFile(one) && one.now.bytes === 0 && one.was.bytes > 0;
  const emptied = tables.filter(isEmptied).map(({ now }) => now.name);
  const rewritten = tables.filter((one) => newFile(one) && !isEmptied(one)).map(({ now }) => now.name);
  const gone = new Set([...rewritten, ...emptied]);
  // An index that is made anew may get the file of the one it replaces: then nothing was built.
  const files = new Set([...before.values()].map(({ file }) => file));
  const built = [...after.values()].flatMap((index) => {
    const of = index.kind === "index" && index.of !== undefined ? known.get(index.of) : undefined;
    if (of === undefined || files.has(index.file) || gone.has(after.get(of.oid)?.name ?? "")) return [];
    return [{ index: index.name, of: of.name }];
  });
  const read = tables
    .filter(({ was, now }) => now.rowsRead > was.rowsRead)
    .map(({ was, now }) => ({ relation: now.name, rows: now.rowsRead - was.rowsRead }));
  const written = tables.flatMap(({ was, now }) => {
    const [inserted, updated, deleted] = [now.inserted - was.inserted, now.updated - was.updated, now.deleted - was.deleted];
    return inserted + updated + deleted > 0 ? [{ relation: now.name, inserted, updated, deleted }] : [];
  });
  const lasts =
    rewritten.length > 0 ? "rewrite" : built.length > 0 && read.length > 0 ? "build" : read.length > 0 ? "scan" : "instant";
  return {
    locks: strongestOf(
      before,
      locks.filter(({ oid }) => known.has(oid)),
    ),
    rewritten,
    emptied,
    built,
    read,
    written,
    lasts,
  };
}

const holdsRows = ({ kind }: Relation): boolean => kind === "table" || kind === "matview" || kind === "partitioned";

/** SHARE UPDATE EXCLUSIVE and SHARE are in the way of different things; of all others the stronger one says everything. */
function strongestOf(before: Relations, locks: readonly HeldLock[]): readonly ObservedLock[] {
  const all = locks.flatMap(({ oid, mode }) => {
    const relation = before.get(oid);
    if (relation === undefined) return [];
    const of = relation.of === undefined ? undefined : before.get(relation.of)?.name;
    return [{ oid, relation: relation.name, kind: relation.kind, mode, ...(of === undefined ? {} : { of }) }];
  });
  const implied = (one: (typeof all)[number]) =>
    all.some(
      (other) =>
        other.oid === one.oid &&
        strength(other.mode) > strength(one.mode) &&
        !(one.mode === "SHARE UPDATE EXCLUSIVE" && other.mode === "SHARE"),
    );
  return all
    .filter((one) => !implied(one))
    .map(({ relation, kind, mode, of }) => ({ relation, kind, mode, ...(of === undefined ? {} : { of }) }))
    .toSorted((a, b) => strength(b.mode) - strength(a.mode) || (a.relation < b.relation ? -1 : 1));
}
