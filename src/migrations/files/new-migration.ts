import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Folder } from "./folder.ts";

const widest = 60;

/** The next migration of a folder, with its way back: numbered as the others are. Writes over nothing. */
export function newMigration(
  { folder, tool, migrations }: Folder,
  called: string,
  nowMs: number,
): { readonly up: string; readonly down: string } {
  const slug = called
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (slug === "" || slug.length > widest)
    throw new UserError("bad-name", `${shown(called)} is no name of a migration`, {
      hint: `letters and digits, at most ${widest}: add_title_to_notes`,
    });
  if (tool !== "sql" && tool !== "sqlx")
    throw new UserError("other-history", `${folder} holds migrations of ${tool}, which makes new ones itself`, {
      hint:
        tool === "dbmate"
          ? "dbmate new"
          : tool === "prisma"
            ? "prisma migrate dev"
            : tool === "alembic"
              ? "alembic revision"
              : "its own manual says how",
    });
  const stem = `${nextNumber(
    migrations.map(({ id }) => id),
    nowMs,
  )}_${slug}`;
  const both = migrations.length === 0 || migrations.some(({ name }) => name.endsWith(".up.sql"));
  const up = path.join(folder, `${stem}${both ? ".up" : ""}.sql`);
  const down = path.join(folder, `${stem}.down.sql`);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of [
    [up, upText],
    [down, downText],
  ] as const)
    writeFileSync(file, text, { flag: "wx" });
  return { up, down };
}

function nextNumber(ids: readonly string[], nowMs: number): string {
  const last = ids.at(-1);
  if (last !== undefined && last.length >= 12) {
    const now = new Date(nowMs).toISOString().replace(/\D/g, "").slice(0, 14);
    return now > last ? now : String(BigInt(last) + 1n);
  }
  return String(Number(last ?? 0) + 1).padStart(Math.max(4, last?.length ?? 0), "0");
}

const upText = `-- What is to be different, in one transaction. What takes long locks or loses something: gantry migrate lint says so, and how else.
--
-- CREATE INDEX CONCURRENTLY and the like run outside of one:
--   -- gantry: no transaction
-- One UPDATE or DELETE over a large table runs in batches, and goes on where it was broken off:
--   -- gantry: backfill batch 1000
-- What takes away what the version before still uses waits until nobody runs that any more:
--   -- gantry: contract
-- What looks like that, and the version before can live with all the same:
--   -- gantry: compatible because …

`;

const downText = `-- How to get back to what was before, with as much of the data as there is.

`;
