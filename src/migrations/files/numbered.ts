import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText } from "./folder-files.ts";
import type { Note, Reader } from "./folder.ts";
import { ownHalves } from "./halves.ts";

// Our own, and sqlx's, who names files the same way: `0001_name.sql`, or `0001_name.up.sql` with `0001_name.down.sql`.
// What undoes a migration may also stand in its file, behind a line `-- gantry: down`. What lies in a folder beside it is none.

const named = /^(\d{1,18})_([^/]+?)(\.up|\.down)?\.sql$/;

export const isNumbered = ({ name }: Pick<FolderFile, "name">): boolean => named.test(name);

export const numberedMigrations: Reader = (files, _folder, refuse) => {
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
      const { up, down } = ownHalves(one.file, one.read(), refuse);
      const beside = downs.get(stem);
      downs.delete(stem);
      if (beside !== undefined && down !== undefined) {
        const problem = new UserError("migration-order", `${one.file} says how it is undone, and so does ${beside.name}`, {
          hint: "one of them is enough",
          places: [{ file: beside.file, line: 1, column: 1 }],
        });
        refuse(problem, one.file);
      }
      const undo = beside === undefined ? down : textOfFile(beside);
      return { id, name: path.basename(one.name), up, ...(undo === undefined ? {} : { down: undo }) };
    });
  for (const left of downs.values()) notes.push({ file: left.file, says: "it undoes a migration that is not there" });
  return { migrations, notes: [...notes, ...gapsIn(migrations)] };
};

function textOfFile({ file, read }: FolderFile) {
  const { text, sha256 } = read();
  return migrationText(file, text, { sha256 });
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
