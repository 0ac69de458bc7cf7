import { createHash } from "node:crypto";
import { closeSync, type Dirent, fstatSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { printable, shown } from "../../lib/text.ts";
import type { MigrationText } from "../migration.ts";

/** A migration is read by people: what is larger than this holds data, and data have a loader of their own. */
const mostBytes = 50 * 1024 * 1024;
const mostFiles = 20_000;
const mostInAll = 256 * 1024 * 1024;

/** A file of a folder, seen from it: `0001_a.sql`, `20240101_init/migration.sql`. It is read once, when somebody wants its text. */
export type FolderFile = { readonly name: string; readonly file: string; readonly read: () => FileText };

export type FileText = { readonly text: string; readonly sha256: string };

/** What is wrong with a file: whoever runs migrations throws it, whoever only looks goes on without the file. */
export type Refuse = (problem: UserError, file: string) => void;

/** What a folder of migrations holds, at most one folder deep. Names are other people's: those that could not be shown are refused. */
export function filesOf(folder: string, refuse: Refuse): readonly FolderFile[] {
  if (!isFolder(folder))
    throw new UserError("no-migrations", `there is no folder ${printable(folder)}`, {
      hint: "migrations are read from a folder",
    });
  const names = entriesOf(folder, refuse).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    if (!entry.isDirectory()) return [entry.name];
    return entriesOf(path.join(folder, entry.name), refuse)
      .filter((one) => !one.name.startsWith(".") && !one.isDirectory())
      .map((one) => `${entry.name}/${one.name}`);
  });
  if (names.length > mostFiles) {
    const text = `${printable(folder)} holds ${names.length} files, and ${mostFiles} are the most that are read`;
    refuse(new UserError("migration-too-large", text, { hint: "is it a folder of migrations?" }), folder);
    return [];
  }
  const budget = { left: mostInAll };
  return names.toSorted().flatMap((name) => {
    const file = path.join(folder, name);
    // eslint-disable-next-line no-control-regex -- control characters are what this refuses
    if (/[\u0000-\u001f\u007f]/.test(name)) {
      const text = `${shown(name)} in ${printable(folder)} cannot be the name of a migration`;
      refuse(new UserError("bad-name", text, { hint: "rename it" }), file);
      return [];
    }
    let read: FileText | undefined;
    return [{ name, file, read: () => (read ??= readOr(refuse, file, budget)) }];
  });
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

function entriesOf(folder: string, refuse: Refuse): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    refuse(unreadable(folder, error), folder);
    return [];
  }
}

function readOr(refuse: Refuse, file: string, budget: { left: number }): FileText {
  try {
    return readFile(file, budget);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refuse(error, file);
    return { text: "", sha256: sha256Of("") };
  }
}

/** A file that is named by itself. */
export function readFile(file: string, budget = { left: mostBytes }): FileText {
  const bytes = readBounded(file, budget);
  return { text: textOf(file, bytes), sha256: sha256Of(bytes) };
}

/** Never more than what is said here, also of what grows while it is read, or is a device and never ends. */
function readBounded(file: string, budget: { left: number }): Buffer {
  const most = Math.min(mostBytes, budget.left);
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw new UserError("migration-unreadable", `${printable(file)} is no file`, placedAt(file));
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
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  }
}

const placedAt = (file: string) => ({ places: [{ file, line: 1, column: 1 }] });

function unreadable(file: string, error: unknown): UserError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return new UserError("migration-unreadable", `${printable(file)} cannot be read: ${code}`, {
    hint: "is it there, and may you read it?",
    ...placedAt(file),
    cause: error,
  });
}

function tooLarge(file: string, most: number): UserError {
  return new UserError("migration-too-large", `${printable(file)} is larger than ${Math.round(most / 1024 / 1024)} MiB`, {
    hint: "rows go in by COPY, and migrations say what tables are",
    places: [{ file, line: 1, column: 1 }],
  });
}

/** The text of a file; what is none (a NUL, broken UTF-8) is refused with its place. */
function textOf(file: string, bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError("migration-unreadable", `${printable(file)} is not UTF-8`, {
      hint: "save it as UTF-8",
      ...placedAt(file),
    });
  }
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    const { line, column } = placeIn(text, nul);
    throw new UserError(
      "migration-unreadable",
      `${printable(file)}:${line}:${column}: there is a NUL in it, and Postgres would not read on`,
      {
        hint: "is it text? Take the character out",
        places: [{ file, line, column }],
      },
    );
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
  options: Partial<Omit<MigrationText, "file" | "sql" | "problem">> = {},
): MigrationText {
  const {
    startsAt = 0,
    sha256 = sha256Of(sql),
    inTransaction = !outside.test(sql) && !/^--[ \t]*gantry:[ \t]*backfill\b/m.test(sql),
  } = options;
  return { file, sql, startsAt, sha256, inTransaction };
}
