import path from "node:path";
import type { Migration, MigrationText } from "../migration.ts";
import { type FolderFile, migrationText } from "./folder-files.ts";
import type { Note, Reader } from "./folder.ts";

// https://documentation.red-gate.com/fd/migrations-271585107.html: `V1_2__name.sql`, `U1_2__name.sql` undoes it, `R__name.sql` whenever it changed.

const versioned = /^V(\d+(?:[._]\d+)*)__(.+)\.sql$/;
const undo = /^U(\d+(?:[._]\d+)*)__(.+)\.sql$/;
const repeatable = /^R__(.+)\.sql$/;

const baseOf = ({ name }: Pick<FolderFile, "name">): string => path.basename(name);
const versionOf = (text: string): string => text.replaceAll("_", ".");

export const isFlyway = (one: Pick<FolderFile, "name">): boolean => versioned.test(baseOf(one)) || repeatable.test(baseOf(one));

export const flywayMigrations: Reader = (files) => {
  const downs = new Map<string, FolderFile>();
  const byName = new Map(files.map((one) => [one.name, one]));
  for (const one of files) {
    const version = undo.exec(baseOf(one))?.[1];
    if (version !== undefined) downs.set(versionOf(version), one);
  }
  // A file beside it says how it is run.
  const textOfFile = ({ name, file, read }: FolderFile): MigrationText => {
    const { text, sha256 } = read();
    const outside = /^[ \t]*executeInTransaction[ \t]*=[ \t]*false\b/m.test(byName.get(`${name}.conf`)?.read().text ?? "");
    return migrationText(file, text, { sha256, ...(outside ? { inTransaction: false } : {}) });
  };
  const migrations = files.flatMap((one): readonly Migration[] => {
    const version = versioned.exec(baseOf(one))?.[1];
    if (version === undefined) return [];
    const id = versionOf(version);
    const back = downs.get(id);
    return [{ id, name: baseOf(one), up: textOfFile(one), ...(back === undefined ? {} : { down: textOfFile(back) }) }];
  });
  const repeated = files.filter((one) => repeatable.test(baseOf(one)));
  return {
    migrations: migrations.toSorted((a, b) => byVersion(a.id, b.id)),
    notes: repeated.map(({ file }): Note => ({ file, says: "it runs whenever it changed, which Flyway itself does" })),
    beside: () => repeated.map((one) => ({ id: baseOf(one), name: baseOf(one), up: textOfFile(one) })),
  };
};

/** 1.10 comes after 1.9. */
function byVersion(left: string, right: string): number {
  const [a, b] = [left, right].map((one) => one.split(".").map(BigInt));
  for (let at = 0; at < Math.max(a?.length ?? 0, b?.length ?? 0); at += 1) {
    const difference = Number((a?.[at] ?? 0n) - (b?.[at] ?? 0n));
    if (difference !== 0) return difference;
  }
  return 0;
}
