import { GantryError } from "../lib/errors.ts";

const said: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "it is on a file system that cannot be written to",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "there is a file of that name",
};

/** What the file system refuses is told as what it is: a place that cannot be used, and not a mistake of Gantry's. */
export function usable<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const why = said[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    throw new GantryError("not-allowed", `${place} cannot be used: ${why}`, {
      hint: "give it to this user, or move the project to where it may write",
      cause: error,
    });
  }
}
