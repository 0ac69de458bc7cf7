import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { MigrationText } from "../migration.ts";

/** A migration is read by people: what is larger than this holds data, and data have a loader of their own. */
export const mostBytes = 50 * 1024 * 1024;
const mostFiles = 20_000;
const mostInAll = 256 * 1024 * 1024;

/** A file of a folder, seen from it: `0001_a.sql`, `20240101_init/migration.sql`. Its text is read when somebody wants it. */
export type FolderFile = { readonly name: string; readonly file: string; readonly bytes: () => Buffer };

/** What a folder of migrations holds, at most one folder deep. Names are other people's: those that could not be shown are refused. */
export function filesOf(folder: string): readonly FolderFile[] {
  if (!isFolder(folder))
    throw new UserError("no-migrations", `there is no folder ${folder}`, { hint: "migrations are read from a folder" });
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (entry.isDirectory())
      return readdirSync(path.join(folder, entry.name), { withFileTypes: true })
        .filter((one) => !one.name.startsWith(".") && !one.isDirectory())
        .map((one) => `${entry.name}/${one.name}`);
    return [entry.name];
  });
  if (names.length > mostFiles)
    throw new UserError("too-large", `${folder} holds ${names.length} files, and ${mostFiles} are the most that are read`, {
      hint: "is it a folder of migrations?",
    });
  const budget = { left: mostInAll };
  return names.toSorted().map((name) => {
    const file = path.join(folder, name);
    // eslint-disable-next-line no-control-regex -- control characters are what this refuses
    if (/[\u0000-\u001f\u007f]/.test(name))
      throw new UserError("bad-name", `${shown(name)} in ${folder} cannot be the name of a migration`, { hint: "rename it" });
    return { name, file, bytes: () => readBounded(file, budget) };
  });
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Never more than what is said here, also of what grows while it is read, or is a device and never ends. */
function readBounded(file: string, budget: { left: number }): Buffer {
  const most = Math.min(mostBytes, budget.left);
  const stats = statSync(file);
  if (!stats.isFile()) throw new UserError("not-text", `${file} is no file`);
  if (stats.size > most) throw tooLarge(file, most);
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(fstatSync(handle).size);
    if (bytes.length > most) throw tooLarge(file, most);
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(handle, bytes, at, bytes.length - at, at);
      if (read === 0) break;
      at += read;
    }
    budget.left -= at;
    return bytes.subarray(0, at);
  } finally {
    closeSync(handle);
  }
}

function tooLarge(file: string, most: number): UserError {
  return new UserError("too-large", `${file} is larger than ${Math.round(most / 1024 / 1024)} MiB`, {
    hint: "rows go in by COPY, and migrations say what tables are",
    places: [{ file, line: 1, column: 1 }],
  });
}

/** The text of a file; what is none (a NUL, broken UTF-8) is refused with its place. */
export function textOf(file: string, bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError("not-text", `${file} is not UTF-8`, { places: [{ file, line: 1, column: 1 }] });
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const { line, column } = placeIn(text, nul);
    throw new UserError("not-text", `${file}:${line}:${column}: there is a NUL in it, and Postgres would not read on`, {
      places: [{ file, line, column }],
    });
  }
  return text;
}

/** Line and column, from 1, of what stands at this place. */
export function placeIn(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let from = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", from)) {
    line += 1;
    from = next + 1;
  }
  return { line, column: at - from + 1 };
}

export const sha256Of = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** `-- gantry: no transaction`, and what other tools call it. */
const outside =
  /^--[ \t]*gantry:[ \t]*no transaction[ \t]*\r?$|^--[ \t]*no-transaction[ \t]*\r?$|^--[ \t]*flyway:[ \t]*executeInTransaction=false[ \t]*\r?$/m;

export function migrationText(
  file: string,
  sql: string,
  options: Partial<Omit<MigrationText, "file" | "sql">> = {},
): MigrationText {
  const {
    startsAt = 0,
    sha256 = sha256Of(sql),
    inTransaction = !outside.test(sql) && !/^--[ \t]*gantry:[ \t]*backfill\b/m.test(sql),
  } = options;
  return { file, sql, startsAt, sha256, inTransaction };
}
