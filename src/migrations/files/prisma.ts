import type { Migration, MigrationText } from "../migration.ts";
import { type FolderFile, migrationText } from "./folder-files.ts";
import type { Reader } from "./folder.ts";

// https://www.prisma.io/docs/orm/prisma-migrate: `<timestamp>_name/migration.sql`, recorded by the folder's name, checked by SHA-256.

const named = /^((\d+)_[^/]+|\d+[^/]*)\/migration\.sql$/;

export const isPrisma = ({ name }: Pick<FolderFile, "name">): boolean => named.test(name) || name === "migration_lock.toml";

export const prismaMigrations: Reader = (files) => {
  const byName = new Map(files.map((one) => [one.name, one]));
  const migrations = files.flatMap((one): readonly Migration[] => {
    const name = named.exec(one.name)?.[1];
    if (name === undefined) return [];
    const undo = byName.get(`${name}/down.sql`);
    return [
      {
        id: /^\d+/.exec(name)?.[0] ?? name,
        name,
        up: textOfFile(one),
        ...(undo === undefined ? {} : { down: textOfFile(undo) }),
      },
    ];
  });
  // Prisma orders by the folder's name.
  return { migrations: migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1)), notes: [] };
};

/** The file is sent in one go, which Postgres makes one transaction, unless it is one statement. */
function textOfFile({ file, read }: FolderFile): MigrationText {
  const { text, sha256 } = read();
  const words = text.replace(/--[^\n]*/g, "").trim();
  const alone = /^[^;]*\bCONCURRENTLY\b[^;]*;?$/i.test(words);
  return migrationText(file, text, { sha256, ...(alone ? { inTransaction: false } : {}) });
}
