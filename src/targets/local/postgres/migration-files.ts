import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../lib/errors.ts";

export type MigrationFile = {
  readonly name: string;
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
  /** `-- gantry: no transaction`, for what Postgres only does outside of one. */
  readonly inTransaction: boolean;
};

/** `0001_name.sql` or `0001_name.up.sql`, in the order of their numbers. What undoes one is not ours to run. */
export function readMigrations(folder: string): readonly MigrationFile[] {
  if (!existsSync(folder)) throw new UserError("no-migrations", `there is no folder ${folder}`, { hint: "the spec names it" });
  const numbered = readdirSync(folder)
    .filter((name) => /^\d+_.+\.sql$/.test(name) && !name.endsWith(".down.sql"))
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
    .toSorted((a, b) => a.number - b.number);
  const twice = numbered.find(({ number }, index) => numbered[index + 1]?.number === number);
  if (twice) {
    throw new UserError("migration-order", `two migrations in ${folder} have the number ${twice.number}`, {
      hint: "which comes first? Give one of them the next number",
    });
  }
  return numbered.map(({ name }) => readMigration(folder, name));
}

function readMigration(folder: string, name: string): MigrationFile {
  const file = path.join(folder, name);
  const bytes = readFileSync(file);
  const sql = bytes.toString("utf8").replace(/^\uFEFF/, "");
  return {
    name,
    file,
    sql,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    inTransaction: !/^--[ \t]*gantry:[ \t]*no transaction[ \t]*$/m.test(sql),
  };
}
