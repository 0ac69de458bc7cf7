import { GantryError, UserError } from "../../lib/errors.ts";
import type { Place } from "../../lib/problem.ts";
import type { MigrationText } from "../migration.ts";
import { sqlState } from "../run/connect.ts";
import { failureOf } from "../run/failures.ts";
import { filesPlace } from "../run/file-place.ts";
import { parseSql, type Statement } from "../sql/parse.ts";
import type { Parser } from "../sql/parser.ts";
import { as } from "../sql/tree.ts";
import { observeAlone, watchTransaction, type Sessions, type Watched } from "./observe.ts";
import { relationsNow } from "./relations.ts";

/** A statement and what it was seen to do. */
export type StatementProof = Watched & {
  readonly place: Place;
  readonly sql: string;
  /** How long its locks were held: until the end of its transaction. */
  readonly heldMs: number;
};

export type Failure = { readonly code: string; readonly message: string; readonly place?: Place; readonly state?: string };

export type TextProof = {
  readonly file: string;
  readonly ms: number;
  readonly statements: readonly StatementProof[];
  /** Absent where all of it ran. */
  readonly failure?: Failure;
};

type Seen = Watched & { readonly statement: Statement };
type Open = { readonly watch: (sql: string) => Promise<Watched>; readonly seen: Seen[] };

/** Runs a migration's text as the runner would, and watches each statement of it. */
export async function runText(sessions: Sessions, parser: Parser, text: MigrationText): Promise<TextProof> {
  const { worker } = sessions;
  const place = (at: number): Place => ({ file: text.file, ...filesPlace(text, at) });
  const startedAt = performance.now();
  const done: StatementProof[] = [];
  const ended = (failure?: unknown): TextProof => ({
    file: text.file,
    ms: performance.now() - startedAt,
    statements: done,
    ...(failure === undefined ? {} : { failure: told(failure) }),
  });
  let open: Open | undefined;
  const close = (commitMs: number) => {
    // Without what looking at it took.
    let heldMs = commitMs;
    const all = (open?.seen ?? []).toReversed().map(({ statement, ...seen }) => {
      heldMs += seen.ms;
      return { ...seen, place: place(statement.from), sql: statement.text, heldMs };
    });
    done.push(...all.toReversed());
    open = undefined;
  };
  try {
    if (text.problem !== undefined) throw text.problem;
    const { statements } = parseSql(parser, text.sql, place);
    const known = await relationsNow(worker, "transaction");
    const begin = async (sql: string): Promise<Open> => {
      await worker.query(sql);
      return { watch: await watchTransaction(worker, known), seen: [] };
    };
    if (text.inTransaction) open = await begin("BEGIN");
    for (const statement of statements) {
      const framing = as(statement.node, "TransactionStmt");
      if (framing !== undefined && text.inTransaction) throw commits(text, place(statement.from));
      try {
        if (framing?.kind === "TRANS_STMT_BEGIN" || framing?.kind === "TRANS_STMT_START") {
          open = await begin(statement.text);
        } else if (framing !== undefined) {
          close(await timed(() => worker.query(statement.text)));
        } else if (open !== undefined) {
          open.seen.push({ ...(await open.watch(statement.text)), statement });
        } else {
          const seen = await observeAlone(sessions, statement.text, known);
          done.push({ ...seen, place: place(statement.from), sql: statement.text, heldMs: seen.ms });
        }
      } catch (error) {
        throw failureOf(error, { text, from: statement.from, sql: statement.text, inTransaction: open !== undefined });
      }
    }
    if (open !== undefined) {
      const last = statements.at(-1);
      const commit = worker.query("COMMIT").catch((error: unknown) => {
        // What is only looked at now, as a deferred constraint, has no place of its own.
        const { position: _, ...rest } = error as { position?: unknown };
        const without = Object.assign(new Error((error as Error).message), rest);
        throw failureOf(without, { text, from: last?.from ?? 0, sql: "", inTransaction: true });
      });
      close(await timed(() => commit));
    }
    return ended();
  } catch (error) {
    await worker.query("ROLLBACK").catch(() => undefined);
    close(0);
    return ended(error);
  } finally {
    // What a migration sets for its session is not to reach the next one.
    await worker.query("RESET ALL; RESET SESSION AUTHORIZATION").catch(() => undefined);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const commits = ({ file }: MigrationText, place: Place): UserError =>
  new UserError("migration-commits", `${file} ends the transaction in which it runs`, {
    hint: "take BEGIN, COMMIT and ROLLBACK out of it, or write `-- gantry: no transaction` at its top",
    places: [place],
  });

function told(error: unknown): Failure {
  if (!(error instanceof GantryError)) throw error;
  const state = sqlState(error.cause);
  const [place] = error.places;
  return {
    code: error.code,
    message: error.message,
    ...(place === undefined ? {} : { place }),
    ...(state === undefined ? {} : { state }),
  };
}
