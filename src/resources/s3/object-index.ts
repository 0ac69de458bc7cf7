import type { JournalState } from "../journal.ts";
import { compareKeys, firstIndex } from "./key-order.ts";
import type { Blob, ObjectVersion, Part, Upload } from "./object-version.ts";

// What a bucket holds, as its records give it. The bytes lie in files with names of their own; which are in use is said here alone.

export type ObjectRecord =
  | { readonly t: "put"; readonly v: ObjectVersion }
  | { readonly t: "drop"; readonly key: string; readonly versionId: string }
  | { readonly t: "tags"; readonly key: string; readonly versionId: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly t: "upload"; readonly u: Upload }
  | { readonly t: "part"; readonly id: string; readonly p: Part }
  | { readonly t: "abort"; readonly id: string }
  | { readonly t: "complete"; readonly id: string; readonly v: ObjectVersion };

export type OpenUpload = Upload & { readonly parts: ReadonlyMap<number, Part> };

export type ObjectIndex = JournalState<ObjectRecord> & {
  /** In the order of the keys. */
  readonly keys: () => readonly string[];
  /** The newest first; empty when there is nothing. */
  readonly versions: (key: string) => readonly ObjectVersion[];
  readonly uploads: () => readonly OpenUpload[];
  readonly upload: (id: string) => OpenUpload | undefined;
  readonly totals: () => { readonly objects: number; readonly bytes: number };
  readonly usedBlobs: () => Set<string>;
  /** What no record refers to any more since the last call. */
  readonly takeFreed: () => Blob[];
};

export function createObjectIndex(): ObjectIndex {
  let all = new Map<string, ObjectVersion[]>();
  let uploads = new Map<string, Upload & { readonly parts: Map<number, Part> }>();
  let sorted: string[] | undefined;
  let freed: Blob[] = [];
  let bytes = 0;

  function reset(): void {
    all = new Map();
    uploads = new Map();
    sorted = undefined;
    freed = [];
    bytes = 0;
  }

  function put(version: ObjectVersion): void {
    drop(version.key, version.versionId);
    const versions = all.get(version.key);
    if (versions) versions.unshift(version);
    else {
      all.set(version.key, [version]);
      sorted?.splice(
        firstIndex(sorted, (key) => compareKeys(key, version.key) >= 0),
        0,
        version.key,
      );
    }
    bytes += version.size;
  }

  function drop(key: string, versionId: string): void {
    const versions = all.get(key);
    const at = versions?.findIndex((one) => one.versionId === versionId) ?? -1;
    if (!versions || at < 0) return;
    for (const version of versions.splice(at, 1)) {
      bytes -= version.size;
      freed.push(...version.blobs);
    }
    if (versions.length > 0) return;
    all.delete(key);
    sorted?.splice(
      firstIndex(sorted, (one) => compareKeys(one, key) >= 0),
      1,
    );
  }

  function apply(record: ObjectRecord): void {
    switch (record.t) {
      case "put":
        return put(record.v);
      case "drop":
        return drop(record.key, record.versionId);
      case "tags": {
        const versions = all.get(record.key) ?? [];
        const at = versions.findIndex(({ versionId }) => versionId === record.versionId);
        const version = versions[at];
        if (version) versions[at] = { ...version, tags: record.tags };
        return;
      }
      case "upload":
        return void uploads.set(record.u.id, { ...record.u, parts: new Map() });
      case "part": {
        const parts = uploads.get(record.id)?.parts;
        const former = parts?.get(record.p.number);
        if (former) freed.push(former.blob);
        if (parts) parts.set(record.p.number, record.p);
        else freed.push(record.p.blob);
        return;
      }
      case "abort":
      case "complete": {
        const parts = uploads.get(record.id)?.parts.values() ?? [];
        uploads.delete(record.id);
        const used = new Set(record.t === "complete" ? record.v.blobs.map(({ id }) => id) : []);
        freed.push(...[...parts].map(({ blob }) => blob).filter(({ id }) => !used.has(id)));
        if (record.t === "complete") put(record.v);
        return;
      }
    }
  }

  return {
    reset,
    apply,
    *snapshot() {
      // The oldest first: each goes before those that are there.
      for (const versions of all.values()) for (const v of versions.toReversed()) yield { t: "put", v };
      for (const { parts, ...u } of uploads.values()) {
        yield { t: "upload", u };
        for (const p of parts.values()) yield { t: "part", id: u.id, p };
      }
    },
    keys: () => (sorted ??= [...all.keys()].toSorted(compareKeys)),
    versions: (key) => all.get(key) ?? [],
    uploads: () => [...uploads.values()],
    upload: (id) => uploads.get(id),
    totals: () => ({ objects: all.size, bytes }),
    usedBlobs: () => {
      const used = new Set<string>();
      for (const versions of all.values()) for (const { blobs } of versions) for (const { id } of blobs) used.add(id);
      for (const { parts } of uploads.values()) for (const { blob } of parts.values()) used.add(blob.id);
      return used;
    },
    takeFreed: () => freed.splice(0),
  };
}
