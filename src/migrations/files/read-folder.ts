import { UserError } from "../../lib/errors.ts";
import type { Migration, MigrationText } from "../migration.ts";
import { withoutZeros } from "../called.ts";
import { alembicMigrations, isAlembic } from "./alembic.ts";
import { dbmateMigrations } from "./dbmate.ts";
import { flywayMigrations, isFlyway } from "./flyway.ts";
import { type FolderFile, filesOf, type Refuse } from "./folder-files.ts";
import type { Folder, Look, Reader, Tool } from "./folder.ts";
import { isDbmateText } from "./halves.ts";
import { isNumbered, numberedMigrations } from "./numbered.ts";
import { isPrisma, prismaMigrations } from "./prisma.ts";

const readers: Readonly<Record<Tool, Reader>> = {
  sql: numberedMigrations,
  sqlx: numberedMigrations,
  dbmate: dbmateMigrations,
  prisma: prismaMigrations,
  flyway: flywayMigrations,
  alembic: alembicMigrations,
};

/** A folder of migrations, of the tool that is said, or of the one whose files they look like. What is wrong with any of them is thrown. */
export function readFolder(folder: string, said?: Tool): Folder {
  const { tool, migrations, notes } = read(folder, said, (problem) => {
    throw problem;
  });
  return { folder, tool, migrations, notes };
}

export function readMigrations(folder: string, said?: Tool): readonly Migration[] {
  return readFolder(folder, said).migrations;
}

/** The same for whoever runs nothing: what is wrong with a file is a problem of its text. */
export function lookAtFolder(folder: string, said?: Tool): Look {
  const problems = new Map<string, UserError>();
  const refuse: Refuse = (problem, file) => {
    if (!problems.has(file)) problems.set(file, problem);
  };
  const { tool, files, migrations, notes, beside } = read(folder, said, refuse);
  const others = beside?.() ?? [];
  const told = new Set<string>();
  const withProblem = (text: MigrationText): MigrationText => {
    const problem = problems.get(text.file);
    // What a file holds behind another text of it has been told.
    if (problem === undefined || told.has(text.file)) return text;
    told.add(text.file);
    return { ...text, problem };
  };
  const seen = ({ up, down, ...one }: Migration): Migration => ({
    ...one,
    up: withProblem(up),
    ...(down === undefined ? {} : { down: withProblem(down) }),
  });
  const byFile = new Map(files.map((one) => [one.file, one]));
  const all = { migrations: migrations.map(seen), beside: others.map(seen) };
  return {
    folder,
    tool,
    ...all,
    notes,
    problems: [...problems].flatMap(([file, problem]) => (told.has(file) ? [] : [problem])),
    wholeOf: (file) => byFile.get(file)?.read().text,
  };
}

function read(folder: string, said: Tool | undefined, refuse: Refuse) {
  const files = filesOf(folder, refuse);
  // What stands here in SQL is SQL, whatever its tool's own files are written in.
  const tool = isToldByFiles(files, said) ? toolOf(files) : (said ?? "sql");
  const told = readers[tool](files, folder, refuse);
  refuseTwice(folder, told.migrations, refuse);
  return { files, tool, ...told };
}

/** Where nothing is said, or less than the files say themselves. */
function isToldByFiles(files: readonly FolderFile[], said: Tool | undefined): boolean {
  if (said === undefined) return true;
  const numbered = files.filter(isNumbered);
  return said === "alembic" ? numbered.length > 0 : said === "sql" && areDbmates(numbered);
}

function toolOf(files: readonly FolderFile[]): Tool {
  if (files.some(isPrisma)) return "prisma";
  if (files.some(isFlyway)) return "flyway";
  const numbered = files.filter(isNumbered);
  if (numbered.length > 0) return areDbmates(numbered) ? "dbmate" : "sql";
  return files.some(isAlembic) ? "alembic" : "sql";
}

/** One that cannot be read says nothing of the others. */
function areDbmates(numbered: readonly FolderFile[]): boolean {
  return numbered.some((one) => isDbmateText(one.read().text));
}

function refuseTwice(folder: string, migrations: readonly Migration[], refuse: Refuse): void {
  const seen = new Map<string, Migration>();
  for (const one of migrations) {
    const id = /^\d+$/.test(one.id) ? withoutZeros(one.id) : one.id;
    const other = seen.get(id);
    if (other !== undefined) {
      const problem = new UserError("migration-order", `two migrations in ${folder} have the number ${id}`, {
        hint: "which comes first? Give one of them the next number",
        places: [one, other].map(({ up }) => ({ file: up.file, line: 1, column: 1 })),
      });
      refuse(problem, one.up.file);
    }
    seen.set(id, one);
  }
}
