import { GantryError } from "../lib/errors.ts";
import { finalName } from "./whole-file.ts";

const rights = "give it to this user, or work where this user may read and write";
const away = "move away what is there, or choose another place";

const said: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EACCES: ["this user may not do that there", rights],
  EPERM: ["this user may not do that there", rights],
  EROFS: ["it is on a file system that cannot be written to", "choose a place that can be written to"],
  ENOSPC: ["the disk is full", "make room, and call it again"],
  EDQUOT: ["this user has no room left on the disk", "make room, and call it again"],
  ENOTDIR: ["a part of its path is a file", away],
  EISDIR: ["there is a folder of that name", away],
  EEXIST: ["there is a file of that name", away],
  ELOOP: ["the links in its path lead in a circle", away],
  ENAMETOOLONG: ["its name is too long", "choose a shorter one"],
};

/** What the file system refuses, told as what it is: a place that cannot be used, and not a mistake of Gantry's. Undefined for all else. */
export function refusalOf(error: unknown, place?: string): GantryError | undefined {
  const { code = "", path: at } = error as NodeJS.ErrnoException;
  const known = error instanceof Error && Object.hasOwn(said, code) ? said[code] : undefined;
  const where = place ?? (at === undefined ? undefined : finalName(at));
  if (known === undefined || where === undefined) return undefined;
  const [why, hint] = known;
  return new GantryError("not-allowed", `${where} cannot be used: ${why}`, { hint, cause: error });
}

/** Work on a place of which it does not matter which of its files was refused. */
export function usable<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusalOf(error, place) ?? error;
  }
}
