import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import type { Migration, MigrationText } from "../migration.ts";
import { type FolderFile, migrationText, placeIn, sha256Of, textOf } from "./folder-files.ts";
import type { Note, Read } from "./folder.ts";

// Our own, and sqlx's, who names files the same way: `0001_name.sql`, or `0001_name.up.sql` with `0001_name.down.sql`.
// What undoes a migration may also stand in its file, behind a line `-- gantry: down`.

const named = /^(\d{1,18})_(.+?)(\.up|\.down)?\.sql$/;
const section = /^--[ \t]*gantry:[ \t]*down[ \t]*\r?$/gm;

export const isNumbered = ({ name }: FolderFile): boolean => named.test(name);

export function numberedMigrations(files: readonly FolderFile[]): Read {
  const notes: Note[] = [];
  const downs = new Map<string, FolderFile>();
  const ups: { readonly one: FolderFile; readonly id: string; readonly stem: string }[] = [];
  for (const one of files) {
    const [, id, , kind] = named.exec(one.name) ?? [];
    if (id === undefined) {
      if (one.name.endsWith(".sql") && !one.name.includes("/"))
        notes.push({ file: one.file, says: "it has no number, and is not run" });
      continue;
    }
    const stem = one.name.replace(/(\.up|\.down)?\.sql$/, "");
    if (kind === ".down") downs.set(stem, one);
    else ups.push({ one, id, stem });
  }
  const migrations = ups
    .toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
    .map(({ one, id, stem }): Migration => {
      const { up, down } = halvesOf(one);
      const beside = downs.get(stem);
      downs.delete(stem);
      if (beside !== undefined && down !== undefined)
        throw new UserError("migration-order", `${one.file} says how it is undone, and so does ${beside.name}`, {
          hint: "one of them is enough",
          places: [{ file: beside.file, line: 1, column: 1 }],
        });
      const undo = beside === undefined ? down : textOfFile(beside);
      return { id, name: path.basename(one.name), up, ...(undo === undefined ? {} : { down: undo }) };
    });
  for (const left of downs.values()) notes.push({ file: left.file, says: "it undoes a migration that is not there" });
  return { migrations, notes: [...notes, ...gapsIn(migrations)] };
}

function textOfFile(one: FolderFile): MigrationText {
  const bytes = one.bytes();
  return migrationText(one.file, textOf(one.file, bytes), { sha256: sha256Of(bytes) });
}

function halvesOf(one: FolderFile): { readonly up: MigrationText; readonly down?: MigrationText } {
  const bytes = one.bytes();
  const text = textOf(one.file, bytes);
  const [at, again] = [...text.matchAll(section)].map(({ index, 0: { length } }) => ({ index, length }));
  if (at === undefined) return { up: migrationText(one.file, text, { sha256: sha256Of(bytes) }) };
  if (again !== undefined) {
    const { line, column } = placeIn(text, again.index);
    throw new UserError("migration-order", `${one.file}:${line}:${column}: the second -- gantry: down`, {
      hint: "one way back is enough",
      places: [{ file: one.file, line, column }],
    });
  }
  const startsAt = at.index + at.length;
  return {
    up: migrationText(one.file, text.slice(0, at.index)),
    down: migrationText(one.file, text.slice(startsAt), { startsAt }),
  };
}

/** Where one is missing in 1, 2, 4; timestamps have gaps by their nature. */
function gapsIn(migrations: readonly Migration[]): readonly Note[] {
  return migrations.flatMap(({ id, up }, index) => {
    const before = migrations[index - 1];
    if (before === undefined || id.length > 6 || before.id.length > 6) return [];
    const missing = Number(id) - Number(before.id) - 1;
    return missing > 0 ? [{ file: up.file, says: `between ${before.id} and ${id} there is a gap` }] : [];
  });
}
