import { GantryError } from "../lib/errors.ts";
import { finalName } from "./whole-file.ts";

type Said = readonly [code: "not-allowed" | "bad-place", why: string, hint: string];

const rights = [
  "not-allowed",
  "this user may not do that there",
  "give it to this user, or work where this user may read and write",
] as const;
const full = ["not-allowed", "there is no room left on the disk", "make room, and call it again"] as const;
const away = "move away what is there, or choose another place";

const said: Readonly<Record<string, Said>> = {
  EACCES: rights,
  EPERM: rights,
  EROFS: ["not-allowed", "it is on a file system that cannot be written to", "choose a place that can be written to"],
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: ["bad-place", "a part of its path is a file", away],
  EISDIR: ["bad-place", "there is a folder of that name", away],
  EEXIST: ["bad-place", "there is a file of that name", away],
  ELOOP: ["bad-place", "the links in its path lead in a circle", away],
  ENAMETOOLONG: ["bad-place", "its name is too long", "choose a shorter one"],
};

/** What the file system refuses, told as what it is: a place that cannot be used, and not a mistake of Gantry's. Undefined for all else. */
export function refusalOf(error: unknown, place?: string): GantryError | undefined {
  const { code = "", path: at, syscall } = error as NodeJS.ErrnoException;
  if (syscall === "uv_cwd")
    return new GantryError("bad-place", "the folder that this runs in is gone", { hint: "go to another one", cause: error });
  const known = error instanceof Error && Object.hasOwn(said, code) ? said[code] : undefined;
  const where = place ?? (at === undefined ? undefined : finalName(at));
  if (known === undefined || where === undefined) return undefined;
  const [told, why, hint] = known;
  return new GantryError(told, `${where} cannot be used: ${why}`, { hint, cause: error });
}

/** Work on a place of which it does not matter which of its files was refused. */
export function usable<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusalOf(error, place) ?? error;
  }
}
