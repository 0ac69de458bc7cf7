import { randomUUID } from "node:crypto";
import path from "node:path";
import type { BucketConfig } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { openJournal } from "../journal.ts";
import { limits } from "../limits.ts";
import { createBlobs, type Blobs } from "./blobs.ts";
import { createObjectIndex, type ObjectIndex, type ObjectRecord } from "./object-index.ts";
import type { ObjectVersion } from "./object-version.ts";

export type NewVersion = Omit<ObjectVersion, "versionId" | "at">;

/** Whether what is to be written may take the place of what is there. Throws the fault if not. */
export type Precondition = (current: ObjectVersion | undefined) => void;

export type Bucket = {
  readonly configure: (config: BucketConfig) => void;
  readonly config: () => BucketConfig;
  readonly index: Pick<ObjectIndex, "keys" | "versions" | "uploads" | "upload" | "totals">;
  readonly blobs: Blobs;
  /** A version of an object, the newest where none is named; markers too. */
  readonly find: (key: string, versionId?: string) => ObjectVersion | undefined;
  readonly put: (version: NewVersion, precondition?: Precondition) => Promise<ObjectVersion>;
  readonly complete: (uploadId: string, version: NewVersion, precondition?: Precondition) => Promise<ObjectVersion>;
  /** Behind a marker where versions are kept, else for good; with a version named, always for good. */
  readonly remove: (key: string, versionId?: string, precondition?: Precondition) => Promise<ObjectVersion | undefined>;
  readonly record: (record: Exclude<ObjectRecord, { t: "put" | "drop" | "complete" }>) => Promise<void>;
  /** Drops versions that were replaced longer ago than they are kept. */
  readonly tidy: () => Promise<void>;
  readonly brokenLines: () => number;
  readonly close: () => Promise<void>;
};

export async function openBucket(folder: string, blobFolder: string, given: BucketConfig, clock: () => number): Promise<Bucket> {
  let config = given;
  const index = createObjectIndex();
  const journal = await openJournal<ObjectRecord>(path.join(folder, "objects.journal"), index);
  const blobs = createBlobs(blobFolder);
  index.takeFreed();
  // Behind the first answers: nobody waits for it.
  const swept = blobs.sweep(index.usedBlobs()).catch(() => undefined);

  async function write(record: ObjectRecord): Promise<void> {
    const written = journal.append(record);
    const freed = index.takeFreed();
    // Not before the record is on the disk: until then the old one is what a crash leaves.
    await written;
    blobs.free(freed);
  }

  function find(key: string, versionId?: string): ObjectVersion | undefined {
    const versions = index.versions(key);
    return versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
  }

  function stamped(version: NewVersion): ObjectVersion {
    return { ...version, versionId: config.versioning ? randomUUID() : "null", at: clock() };
  }

  function check(key: string, precondition?: Precondition): void {
    const [current] = index.versions(key);
    precondition?.(current?.isMarker === true ? undefined : current);
    if (!current && index.totals().objects >= limits.objectsPerBucket)
      throw new Fault("TooManyObjects", 400, `a bucket of this machine holds at most ${limits.objectsPerBucket} objects`);
  }

  return {
    index,
    blobs,
    find,
    config: () => config,
    configure: (next) => {
      config = next;
    },
    brokenLines: journal.brokenLines,
    record: write,

    put: async (version, precondition) => {
      const made = stamped(version);
      try {
        check(version.key, precondition);
        await write({ t: "put", v: made });
      } catch (error) {
        blobs.free(version.blobs);
        throw error;
      }
      return made;
    },

    complete: async (uploadId, version, precondition) => {
      check(version.key, precondition);
      if (!index.upload(uploadId)) throw new Fault("NoSuchUpload", 404, "The specified upload does not exist.");
      const made = stamped(version);
      await write({ t: "complete", id: uploadId, v: made });
      return made;
    },

    remove: async (key, versionId, precondition) => {
      const found = find(key, versionId);
      precondition?.(found?.isMarker === true ? undefined : found);
      if (versionId !== undefined) {
        if (found) await write({ t: "drop", key, versionId });
        return found;
      }
      if (!config.versioning && index.versions(key).every((one) => one.versionId === "null")) {
        if (found) await write({ t: "drop", key, versionId: "null" });
        return undefined;
      }
      const marker = stamped({ key, size: 0, etag: "", blobs: [], headers: {}, checksums: {}, isMarker: true });
      await write({ t: "put", v: marker });
      return marker;
    },

    tidy: async () => {
      const { keepVersionsMs } = config;
      if (keepVersionsMs === undefined) return;
      const before = clock() - keepVersionsMs;
      const old = [...index.keys()].flatMap((key) => {
        const versions = index.versions(key);
        return versions.filter((_version, at) => (versions[at - 1]?.at ?? Infinity) < before);
      });
      for (const { key, versionId } of old) await write({ t: "drop", key, versionId });
    },

    close: async () => {
      await swept;
      await journal.close();
    },
  };
}
