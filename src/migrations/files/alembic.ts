import { UserError } from "../../lib/errors.ts";
import type { Migration, MigrationText } from "../migration.ts";
import { type FolderFile, migrationText } from "./folder-files.ts";
import type { Note, Reader } from "./folder.ts";

// Alembic's own migrations are Python, which is not run here; `alembic upgrade head --sql` writes what they would do, revision by revision:
// https://alembic.sqlalchemy.org/en/latest/offline.html

const running = /^-- Running upgrade ([\w, ]*)-> ([\w, ]+?)[ \t]*\r?$/gm;
const runningDown = /^-- Running downgrade ([\w, ]+) ->/gm;

export const isAlembic = (one: FolderFile): boolean =>
  /(?:^|\/)(?:env\.py|script\.py\.mako)$/.test(one.name) || /^versions\/.+\.py$/.test(one.name) || isOffline(one);

const isOffline = ({ name, read }: FolderFile): boolean => /^[^/]+\.sql$/.test(name) && isOfflineText(read().text);

export const isOfflineText = (text: string): boolean => text.includes("-- Running upgrade ");

export const alembicMigrations: Reader = (files, folder, refuse) => {
  const offline = files.filter(isOffline);
  const python = files.filter(({ name }) => /^(?:versions\/)?[^/]+\.py$/.test(name) && !name.endsWith("env.py"));
  const notes = python.map((one): Note => ({
    file: one.file,
    says: "it is Python: alembic upgrade head --sql writes the SQL that can be looked at",
  }));
  if (offline.length === 0) {
    const problem = new UserError("no-migrations", `${folder} holds Alembic's Python, and no SQL of it`, {
      hint: "alembic upgrade head --sql > upgrade.sql writes it; name that file or its folder",
    });
    refuse(problem, folder);
  }
  return { migrations: offline.flatMap(({ file, read }) => revisionsIn(file, read().text)), notes };
};

/** Each revision of an offline script. */
export function revisionsIn(file: string, text: string): readonly Migration[] {
  const found = [...text.matchAll(running)];
  const downFrom = [...text.matchAll(runningDown)][0]?.index ?? text.length;
  return found.map((match, index) => {
    const id = (match[2] ?? "").trim();
    const until = Math.min(found[index + 1]?.index ?? text.length, downFrom);
    return { id, name: id, up: revisionText(file, text.slice(0, Math.max(match.index, until)), match.index, match[0].length) };
  });
}

const frame = /^[ \t]*(?:BEGIN|COMMIT);[ \t]*\r?$/gm;
/** The one row in which Alembic notes where it is. */
const note = /^(?:INSERT INTO|UPDATE|DELETE FROM) (?:[\w."]+\.)?alembic_version\b[^;\n]*;[ \t]*\r?$/gm;
/** What `autocommit_block()` writes: something that runs between two transactions. */
const between = /^[ \t]*COMMIT;[ \t]*\r?\n(?:\s|--[^\n]*\n)*(?!BEGIN;|COMMIT;|--|\s)[\s\S]*?^[ \t]*BEGIN;[ \t]*\r?$/m;

/** What opens and closes its transaction and notes it is Alembic's frame, and no part of a revision; unless it leaves the transaction on its way. */
function revisionText(file: string, text: string, from: number, heading: number): MigrationText {
  const startsAt = from + heading;
  const blank = (all: string) => " ".repeat(all.length);
  const sql = text.slice(startsAt).replace(note, blank);
  if (!between.test(sql)) return migrationText(file, sql.replace(frame, blank), { startsAt });
  // The transaction that it begins in was opened before it: that stands where its heading was.
  return migrationText(file, `BEGIN;${" ".repeat(heading - 6)}${sql}`, { startsAt: from, inTransaction: false });
}
