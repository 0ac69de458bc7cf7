import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { syncFolder } from "./sync-folder.ts";

// Where things lie: <folder>/environments/<environment>/<kind>/… An environment goes away by one rename.

export type Places = {
  readonly folder: (environment: string, ...parts: string[]) => Promise<string>;
  readonly removeEnvironment: (environment: string) => Promise<boolean>;
};

export async function createPlaces(root: string): Promise<Places> {
  const environments = path.join(root, "environments");
  const gone = path.join(root, "gone");
  await mkdir(environments, { recursive: true, mode: 0o700 });
  // What a former process had no time to delete.
  await rm(gone, { recursive: true, force: true });
  const known = new Map<string, Promise<string>>();

  async function make(folder: string): Promise<string> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncFolder(path.dirname(folder));
    return folder;
  }

  return {
    folder: (environment, ...parts) => {
      const folder = path.join(environments, fileNameOf(environment), ...parts);
      const made = known.get(folder) ?? make(folder);
      known.set(folder, made);
      made.catch(() => known.delete(folder));
      return made;
    },
    removeEnvironment: async (environment) => {
      const from = path.join(environments, fileNameOf(environment));
      const to = path.join(gone, randomUUID());
      for (const folder of known.keys()) if (folder === from || folder.startsWith(from + path.sep)) known.delete(folder);
      await mkdir(gone, { recursive: true, mode: 0o700 });
      try {
        await rename(from, to);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw error;
      }
      await syncFolder(environments);
      await rm(to, { recursive: true, force: true });
      return true;
    },
  };
}

/** A name that is one for a file as well, and of no other resource also where case does not count. */
export function fileNameOf(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "_")
    .slice(0, 60);
  return `${readable}.${createHash("sha256").update(name, "utf8").digest("hex").slice(0, 12)}`;
}
