import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText } from "./folder-files.ts";
import type { Reader } from "./folder.ts";
import { dbmateHalves } from "./halves.ts";

// https://github.com/amacneil/dbmate: `<version>_name.sql`.

export const dbmateMigrations: Reader = (files, _folder, refuse) => {
  const migrations = files.flatMap((one): readonly Migration[] => {
    const id = /^(\d+)_?[^/]*\.sql$/.exec(one.name)?.[1];
    if (id === undefined) return [];
    return [{ id, name: path.basename(one.name), ...halvesOf(one) }];
  });
  return { migrations: migrations.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id))), notes: [] };

  function halvesOf({ file, read }: FolderFile) {
    const { text, sha256 } = read();
    const halves = dbmateHalves(file, text);
    if (halves !== undefined) return halves;
    const problem = new UserError("migration-order", `${file} has no line -- migrate:up`, {
      hint: "every migration of dbmate has one",
      places: [{ file, line: 1, column: 1 }],
    });
    refuse(problem, file);
    return { up: migrationText(file, text, { sha256 }) };
  }
};
