import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText, sha256Of, textOf } from "./folder-files.ts";
import type { Note, Read } from "./folder.ts";

// https://www.prisma.io/docs/orm/prisma-migrate: `<timestamp>_name/migration.sql`, recorded by the folder's name, checked by SHA-256.

const named = /^((\d+)_[^/]+|\d+[^/]*)\/migration\.sql$/;

export const isPrisma = ({ name }: FolderFile): boolean => named.test(name) || name === "migration_lock.toml";

export function prismaMigrations(files: readonly FolderFile[]): Read {
  const notes: Note[] = [];
  const migrations = files.flatMap((one): readonly Migration[] => {
    const name = named.exec(one.name)?.[1];
    if (name === undefined) return [];
    const bytes = one.bytes();
    const undo = files.find((other) => other.name === `${name}/down.sql`);
    return [
      {
        id: /^\d+/.exec(name)?.[0] ?? name,
        name,
        up: migrationText(one.file, textOf(one.file, bytes), { sha256: sha256Of(bytes) }),
        ...(undo === undefined ? {} : { down: migrationText(undo.file, textOf(undo.file, undo.bytes())) }),
      },
    ];
  });
  // Prisma orders by the folder's name.
  return { migrations: migrations.toSorted((a, b) => (a.name < b.name ? -1 : 1)), notes };
}
