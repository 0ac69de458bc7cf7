import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { migrationOf, migrationsOf } from "../../migrations/files/by-itself.ts";
import { readFile } from "../../migrations/files/folder-files.ts";
import type { Look } from "../../migrations/files/folder.ts";
import { lookAtFolder } from "../../migrations/files/read-folder.ts";
import type { Migration, MigrationText } from "../../migrations/migration.ts";
import type { Migrations } from "./migrations.ts";

// SQL that is no migration of any folder: what is named is read all the same.

/** Files that are named, and in front of them what their folder knows. */
export function filesByThemselves(folder: string, names: readonly string[]): Migrations {
  const wanted = new Set(names.map((one) => path.resolve(one)));
  const isNamed = ({ file }: MigrationText) => wanted.has(path.resolve(file));
  const look = names.some(isOfATool) ? lookAtFolder(folder) : undefined;
  const known = [...(look?.migrations ?? []), ...(look?.beside ?? [])];
  const own = (one: Migration) => isNamed(one.up) || (one.down !== undefined && isNamed(one.down));
  const found = new Set(
    known.flatMap(({ up, down }) => [up, ...(down === undefined ? [] : [down])].map(({ file }) => path.resolve(file))),
  );
  const loose = readEach(names.filter((one) => !found.has(path.resolve(one))));
  const byUp = new Map(known.flatMap(({ up, down }) => (down === undefined ? [] : [[down, up] as const])));
  return {
    folder,
    migrations: [...known.slice(0, known.findLastIndex(own) + 1), ...loose.migrations],
    // Whoever names the way up means the way down too.
    isAsked: (text) => isNamed(text) || isNamed(byUp.get(text) ?? text) || loose.migrations.some(({ down }) => down === text),
    problems: [],
    notes: [],
    wholeOf: (file) => look?.wholeOf(file) ?? loose.wholeOf(file),
  };
}

/** A folder in which nothing says what comes first: each file by its name. */
export function sqlWithoutOrder(look: Look): Look {
  const files = look.notes.map(({ file }) => file).filter((file) => file.endsWith(".sql"));
  const problems = look.problems.filter(({ places: [place] }) => place === undefined || !files.includes(place.file));
  return { ...look, ...readEach(files), notes: [], problems };
}

/** One whose name says that others come before it. */
function isOfATool(file: string): boolean {
  return /^(?:\d+[_-]?.*|[VUR][\d._]*__.*|migration|down)\.sql$/.test(path.basename(file));
}

function readEach(files: readonly string[]) {
  const wholes = new Map<string, string>();
  const migrations = files.flatMap((file): readonly Migration[] => {
    let problem: UserError | undefined;
    try {
      const { text } = readFile(file);
      wholes.set(file, text);
      const [first, ...more] = migrationsOf(file, text, (one) => (problem ??= one));
      if (first === undefined || problem === undefined) return first === undefined ? [] : [first, ...more];
      return [{ ...first, up: { ...first.up, problem } }, ...more];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const empty = migrationOf(file, "");
      return [{ ...empty, up: { ...empty.up, problem: error } }];
    }
  });
  return { migrations, wholeOf: (file: string) => wholes.get(file) };
}
