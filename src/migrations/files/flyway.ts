import path from "node:path";
import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText, sha256Of, textOf } from "./folder-files.ts";
import type { Note, Read } from "./folder.ts";

// https://documentation.red-gate.com/fd/migrations-271585107.html: `V1_2__name.sql`, `U1_2__name.sql` undoes it, `R__name.sql` whenever it changed.

const versioned = /^V(\d+(?:[._]\d+)*)__(.+)\.sql$/;
const undo = /^U(\d+(?:[._]\d+)*)__(.+)\.sql$/;
const repeatable = /^R__(.+)\.sql$/;

const baseOf = ({ name }: FolderFile): string => path.basename(name);
const versionOf = (text: string): string => text.replaceAll("_", ".");

export const isFlyway = (one: FolderFile): boolean => versioned.test(baseOf(one)) || repeatable.test(baseOf(one));

export function flywayMigrations(files: readonly FolderFile[]): Read {
  const downs = new Map<string, FolderFile>();
  for (const one of files) {
    const version = undo.exec(baseOf(one))?.[1];
    if (version !== undefined) downs.set(versionOf(version), one);
  }
  const migrations = files.flatMap((one): readonly Migration[] => {
    const version = versioned.exec(baseOf(one))?.[1];
    if (version === undefined) return [];
    const bytes = one.bytes();
    const id = versionOf(version);
    const back = downs.get(id);
    return [
      {
        id,
        name: baseOf(one),
        up: migrationText(one.file, textOf(one.file, bytes), { sha256: sha256Of(bytes) }),
        ...(back === undefined ? {} : { down: migrationText(back.file, textOf(back.file, back.bytes())) }),
      },
    ];
  });
  const notes = files.flatMap((one): readonly Note[] =>
    repeatable.test(baseOf(one)) ? [{ file: one.file, says: "it runs whenever it changed, which Flyway itself does" }] : [],
  );
  return { migrations: migrations.toSorted((a, b) => byVersion(a.id, b.id)), notes };
}

/** 1.10 comes after 1.9. */
function byVersion(left: string, right: string): number {
  const [a, b] = [left, right].map((one) => one.split(".").map(BigInt));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at += 1) {
    const difference = Number((a?.[at] ?? 0n) - (b?.[at] ?? 0n));
    if (difference !== 0) return difference;
  }
  return 0;
}
