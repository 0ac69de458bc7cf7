import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { alembicMigrations, isAlembic } from "./alembic.ts";
import { dbmateMigrations, isDbmate } from "./dbmate.ts";
import { flywayMigrations, isFlyway } from "./flyway.ts";
import { type FolderFile, filesOf } from "./folder-files.ts";
import type { Folder, Read, Tool } from "./folder.ts";
import { isNumbered, numberedMigrations } from "./numbered.ts";
import { isPrisma, prismaMigrations } from "./prisma.ts";

const readers: Readonly<Record<Tool, (files: readonly FolderFile[], folder: string) => Read>> = {
  sql: numberedMigrations,
  sqlx: numberedMigrations,
  dbmate: dbmateMigrations,
  prisma: prismaMigrations,
  flyway: flywayMigrations,
  alembic: alembicMigrations,
};

/** A folder of migrations, of the tool that is said, or of the one whose files they look like. */
export function readFolder(folder: string, said?: Tool): Folder {
  const files = filesOf(folder);
  // What stands here in SQL is SQL, whatever its tool's own files are written in.
  const tool = said === undefined || (said === "alembic" && files.some(isNumbered)) ? toolOf(files) : said;
  const { migrations, notes } = readers[tool](files, folder);
  refuseTwice(folder, migrations);
  return { folder, tool, migrations, notes };
}

export function readMigrations(folder: string, said?: Tool): readonly Migration[] {
  return readFolder(folder, said).migrations;
}

function toolOf(files: readonly FolderFile[]): Tool {
  if (files.some(isPrisma)) return "prisma";
  if (files.some(isFlyway)) return "flyway";
  const numbered = files.find(isNumbered);
  if (numbered !== undefined) return isDbmate(numbered) ? "dbmate" : "sql";
  return files.some(isAlembic) ? "alembic" : "sql";
}

function refuseTwice(folder: string, migrations: readonly Migration[]): void {
  const seen = new Map<string, Migration>();
  for (const one of migrations) {
    const id = /^\d+$/.test(one.id) ? one.id.replace(/^0+(?=\d)/, "") : one.id;
    const other = seen.get(id);
    if (other !== undefined)
      throw new UserError("migration-order", `two migrations in ${folder} have the number ${id}`, {
        hint: "which comes first? Give one of them the next number",
        places: [other, one].map(({ up }) => ({ file: up.file, line: 1, column: 1 })),
      });
    seen.set(id, one);
  }
}
