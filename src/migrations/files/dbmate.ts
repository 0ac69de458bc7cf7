import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText, sha256Of, textOf } from "./folder-files.ts";
import type { Read } from "./folder.ts";

// https://github.com/amacneil/dbmate: `<version>_name.sql` with `-- migrate:up` and `-- migrate:down`, each with options behind it.

const up = /^--[ \t]*migrate:up\b(.*)$/m;
const down = /^--[ \t]*migrate:down\b(.*)$/m;
const outside = /\btransaction[ \t]*:[ \t]*false\b/;

export const isDbmate = (one: FolderFile): boolean => up.test(textOf(one.file, one.bytes()));

export function dbmateMigrations(files: readonly FolderFile[]): Read {
  const migrations = files.flatMap((one): readonly Migration[] => {
    const id = /^(\d+)_?.*\.sql$/.exec(one.name)?.[1];
    if (id === undefined) return [];
    const text = textOf(one.file, one.bytes());
    const there = up.exec(text);
    if (there === null)
      throw new UserError("migration-order", `${one.file} has no line -- migrate:up`, {
        hint: "every migration of dbmate has one",
        places: [{ file: one.file, line: 1, column: 1 }],
      });
    const back = down.exec(text);
    const from = there.index + there[0].length;
    const until = back !== null && back.index > from ? back.index : text.length;
    const since = back === null ? undefined : back.index + back[0].length;
    return [
      {
        id,
        name: path.basename(one.name),
        up: migrationText(one.file, text.slice(from, until), {
          startsAt: from,
          sha256: sha256Of(text.slice(from, until)),
          ...(outside.test(there[1] ?? "") ? { inTransaction: false } : {}),
        }),
        ...(back === null || since === undefined || text.slice(since).trim() === ""
          ? {}
          : {
              down: migrationText(one.file, text.slice(since), {
                startsAt: since,
                ...(outside.test(back[1] ?? "") ? { inTransaction: false } : {}),
              }),
            }),
      },
    ];
  });
  return { migrations: migrations.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id))), notes: [] };
}
