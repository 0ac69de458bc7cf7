import { UserError } from "../../lib/errors.ts";
import type { MigrationText } from "../migration.ts";
import { isBackfill } from "./backfill-plan.ts";
import { runBackfill } from "./backfill.ts";
import { inTransaction, rowsOf } from "./connect.ts";
import { failureOf } from "./failures.ts";
import { filesPlace } from "./file-place.ts";
import { clearAfter, clearBefore } from "./indexes.ts";
import { politely } from "./politely.ts";
import { type Half, recordDone, writeHalf } from "./records.ts";
import { type Session, refuseAborted } from "./session.ts";
import { type Statement, statementsOf, waitsFreely } from "./statements.ts";

export type Work = {
  readonly name: string;
  readonly direction: "up" | "down";
  readonly text: MigrationText;
  /** What is recorded as applied: of the way up, also on the way down. */
  readonly sha256: string;
  readonly half: Half | undefined;
};

/** Does what a text says and records it: all of it, or as much as is on record. */
export async function runText(session: Session, work: Work): Promise<void> {
  await session.freshen();
  refuseOtherHalf(work);
  if (isBackfill(work.text)) return runBackfill(session, work);
  return work.text.inTransaction ? runWhole(session, work) : runByStatement(session, work);
}

/** What was begun in one direction is not taken up in the other: nobody knows what is there. */
function refuseOtherHalf({ name, direction, text, half }: Work): void {
  if (half === undefined) return;
  if (half.direction !== direction)
    throw new UserError("migration-half-done", `${name} is half-way ${half.direction}, and cannot be taken ${direction}`, {
      hint: `gantry migrate ${half.direction} goes on with it`,
    });
  if (half.progress.backfill !== undefined && half.sha256 !== text.sha256)
    throw changedHalfWay({ name, text }, `its first ${half.progress.backfill.changed} rows were done by another text`);
}

function changedHalfWay({ name, text }: { readonly name: string; readonly text: MigrationText }, says: string): UserError {
  return new UserError("migration-half-done", `${name} changed while it was half done: ${says}`, {
    hint: "put it back as it was and call again; or finish it by hand and delete its row from gantry.gantry_migrations_half",
    places: [{ file: text.file, ...filesPlace(text, 0) }],
  });
}

const transactionId = "SELECT pg_current_xact_id()::text AS id";

async function runWhole(session: Session, { name, direction, text, sha256 }: Work): Promise<void> {
  const { client } = session;
  const nothing = `${name} was under way in a transaction, which is undone`;
  let committing = false;
  try {
    await politely(session, name, () =>
      inTransaction(client, async () => {
        const [before] = await rowsOf<{ id: string }>(client, transactionId);
        await client.query(text.sql);
        const [after] = await rowsOf<{ id: string }>(client, transactionId);
        if (before?.id !== after?.id)
          throw new UserError("migration-commits", `${text.file} ends the transaction in which it runs`, {
            hint: "take BEGIN, COMMIT and ROLLBACK out of it, or write `-- gantry: no transaction` at its top; part of it may have been done",
            places: [{ file: text.file, ...filesPlace(text, 0) }],
          });
        await recordDone(client, direction, { name, sha256 });
        refuseAborted(session.signal, nothing);
        committing = true;
      }),
    );
  } catch (error) {
    const told = session.reasonOf(
      error,
      committing ? `${name} was being committed: gantry migrate status says whether it was` : nothing,
    );
    throw failureOf(told, { text, from: 0, sql: text.sql, inTransaction: true });
  }
}

/** Statement by statement, each with the note that it is done: what was killed goes on behind the last of them. */
async function runByStatement(session: Session, work: Work): Promise<void> {
  const { client, tell, signal } = session;
  const { name, direction, text, sha256, half } = work;
  const statements = await statementsOrWhole(text);
  const done = [...(half?.progress.done ?? [])];
  const changed = done.findIndex((one, index) => statements[index]?.sha256 !== one);
  if (changed >= 0)
    throw changedHalfWay(
      work,
      `${done.length === 1 ? "a statement" : `${done.length} statements`} that were done are no longer there`,
    );
  const begunBefore = half?.progress.running;
  const keep = (running?: string) =>
    writeHalf(client, {
      name,
      direction,
      sha256: text.sha256,
      progress: { done, ...(running === undefined ? {} : { running }) },
    });
  for (const statement of statements.slice(done.length)) {
    const so = `${done.length} of ${statements.length} statements of ${name} are done, and it goes on from there when it is called again`;
    refuseAborted(signal, so);
    try {
      if (statement.bare) {
        const again = begunBefore === statement.sha256;
        await keep(statement.sha256);
        if (!(await clearBefore(session, name, statement, again))) {
          if (again && !waitsFreely(statement.node))
            tell({
              event: "note",
              migration: name,
              says: `statement ${done.length + 1} had begun before and may have been done in part: it is run again`,
            });
          if (waitsFreely(statement.node)) await client.query("SET lock_timeout = 0");
          await client.query("SET statement_timeout = 0");
          await politely(session, name, () => client.query(statement.sql));
          await session.freshen();
        }
        done.push(statement.sha256);
        await keep();
      } else {
        done.push(statement.sha256);
        await politely(session, name, () =>
          inTransaction(client, async () => {
            await client.query(statement.sql);
            await keep();
          }),
        ).catch((error: unknown) => {
          done.pop();
          throw error;
        });
      }
    } catch (error) {
      const told = session.reasonOf(error, so);
      // Also of one that was cancelled: what it has left is in everybody's way.
      await clearAfter(session, name, statement).catch(() => {});
      throw failureOf(told, { text, from: statement.from, sql: statement.sql, inTransaction: false });
    }
  }
  await inTransaction(client, () => recordDone(client, direction, { name, sha256 }));
}

/** What the parser here does not know, the server may: it gets the text as one. */
async function statementsOrWhole(text: MigrationText): Promise<readonly Statement[]> {
  try {
    return await statementsOf(text.sql);
  } catch {
    return [{ sql: text.sql, from: 0, sha256: text.sha256, node: {}, bare: true }];
  }
}
