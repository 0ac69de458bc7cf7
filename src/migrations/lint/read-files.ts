import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { mostBytes } from "../sql/parse.ts";
import type { Migration, MigrationText } from "../migration.ts";

const mostFiles = 20_000;

/** The migrations that paths name, in the order of their numbers: files, folders, or `*` and `?` within a name. */
export function readMigrationFiles(paths: readonly string[], cwd: string): readonly Migration[] {
  const files = [...new Set(paths.flatMap((one) => filesOf(one, cwd)))];
  if (files.length > mostFiles)
    throw new UserError("migration-too-large", `there are more than ${mostFiles} files`, { hint: "name fewer of them" });
  return files.map((file) => readMigrationFile(file, cwd));
}

function filesOf(given: string, cwd: string): readonly string[] {
  const named = path.resolve(cwd, given);
  if (existsSync(named)) return statSync(named).isDirectory() ? inFolder(named, () => true) : [named];
  const pattern = path.basename(named);
  if (!/[*?]/.test(pattern) || !existsSync(path.dirname(named)))
    throw new UserError("no-migrations", `there is no file or folder ${JSON.stringify(given)}`, {
      hint: "name a folder or .sql files",
    });
  const wanted = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
  return inFolder(path.dirname(named), (name) => wanted.test(name));
}

/** In the order in which they are applied; what undoes a migration is none. */
function inFolder(folder: string, isWanted: (name: string) => boolean): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql") && !name.endsWith(".down.sql") && isWanted(name))
    .toSorted((a, b) => (Number.parseInt(a, 10) || 0) - (Number.parseInt(b, 10) || 0) || (a < b ? -1 : 1))
    .map((name) => path.join(folder, name));
}

function readMigrationFile(file: string, cwd: string): Migration {
  const shown = path.relative(cwd, file);
  const migration = textOfFile(shown, textIn(file, shown));
  const undoes = file.replace(/(?:\.up)?\.sql$/, ".down.sql");
  if (undoes === file || file.endsWith(".down.sql") || !existsSync(undoes)) return migration;
  return { ...migration, down: readMigrationFile(undoes, cwd).up };
}

function textIn(file: string, shown: string): string {
  try {
    // What is too large is not read: its length alone has it refused, and no other file with it.
    return statSync(file).size > mostBytes ? " ".repeat(mostBytes + 1) : readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("migration-unreadable", `it cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`, {
      hint: "is it a file, and may you read it?",
      places: [{ file: shown, line: 1, column: 1 }],
    });
  }
}

/** A text as the migration that it is by itself. */
export function textOfFile(file: string, text: string): Migration {
  const { up, down } = sidesOf(text.replace(/^\uFEFF/, " "));
  const name = path.basename(file);
  const textOf = (sql: string): MigrationText => ({
    file,
    sql,
    startsAt: 0,
    sha256: createHash("sha256").update(text).digest("hex"),
    inTransaction: !/^--[ \t]*(?:gantry:[ \t]*no transaction[ \t]*$|migrate:(?:up|down)[^\n]*\btransaction:false\b)/m.test(sql),
  });
  return { id: /^\d+/.exec(name)?.[0] ?? name, name, up: textOf(up), ...(down === undefined ? {} : { down: textOf(down) }) };
}

/** What runs on the way up and on the way down, here or by dbmate: each with the other blank, so that places stay as they are. */
function sidesOf(text: string): { readonly up: string; readonly down?: string } {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  const own = /^--[ \t]*gantry:[ \t]*down[ \t]*\r?$/m.exec(text);
  if (own !== null)
    return {
      up: text.slice(0, own.index) + blank(text.slice(own.index)),
      down: blank(text.slice(0, own.index)) + text.slice(own.index),
    };
  const up = /^--[ \t]*migrate:up\b/m.exec(text);
  const down = /^--[ \t]*migrate:down\b/m.exec(text);
  if (up === null || down === null) return { up: text };
  const end = down.index > up.index ? text.length : up.index;
  return {
    up: text.slice(0, down.index) + blank(text.slice(down.index, end)) + text.slice(end),
    down: blank(text.slice(0, down.index)) + text.slice(down.index, end) + blank(text.slice(end)),
  };
}
