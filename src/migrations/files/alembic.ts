import { UserError } from "../../lib/errors.ts";
import type { Migration } from "../migration.ts";
import { type FolderFile, migrationText, textOf } from "./folder-files.ts";
import type { Note, Read } from "./folder.ts";

// Alembic's own migrations are Python, which is not run here; `alembic upgrade head --sql` writes what they would do, revision by revision:
// https://alembic.sqlalchemy.org/en/latest/offline.html

const running = /^-- Running upgrade (?:([\w, ]+) )?-> ([\w, ]+)[ \t]*\r?$/gm;
const runningDown = /^-- Running downgrade ([\w, ]+) ->/gm;

export const isAlembic = (one: FolderFile): boolean =>
  /(?:^|\/)(?:env\.py|script\.py\.mako)$/.test(one.name) || /^versions\/.+\.py$/.test(one.name) || isOffline(one);

const isOffline = (one: FolderFile): boolean => one.name.endsWith(".sql") && startOf(one).includes("-- Running upgrade ");

const startOf = (one: FolderFile): string => one.bytes().toString("utf8");

export function alembicMigrations(files: readonly FolderFile[], folder: string): Read {
  const offline = files.filter(isOffline);
  const python = files.filter(({ name }) => /^(?:versions\/)?[^/]+\.py$/.test(name) && !name.endsWith("env.py"));
  const notes = python.map((one): Note => ({
    file: one.file,
    says: "it is Python: alembic upgrade head --sql writes the SQL that can be looked at",
  }));
  if (offline.length === 0)
    throw new UserError("no-migrations", `${folder} holds Alembic's Python, and no SQL of it`, {
      hint: "alembic upgrade head --sql > upgrade.sql writes it; name that file or its folder",
    });
  return { migrations: offline.flatMap(revisionsIn), notes };
}

/** Each revision of an offline script. What opens and closes its transaction is Alembic's frame, and no part of a revision. */
function revisionsIn(one: FolderFile): readonly Migration[] {
  const text = textOf(one.file, one.bytes());
  const found = [...text.matchAll(running)];
  const downFrom = [...text.matchAll(runningDown)][0]?.index ?? text.length;
  return found.map((match, index) => {
    const id = (match[2] ?? "").trim();
    const startsAt = match.index + match[0].length;
    const until = Math.min(found[index + 1]?.index ?? text.length, downFrom);
    const sql = text
      .slice(startsAt, Math.max(startsAt, until))
      .replace(/^[ \t]*(?:BEGIN|COMMIT);[ \t]*\r?$/gm, (frame) => " ".repeat(frame.length));
    return { id, name: id, up: migrationText(one.file, sql, { startsAt }) };
  });
}
