import type { Database } from "../../shared/database.ts";
import { object, read, uuid } from "../../shared/input.ts";
import { setBaggage } from "../../shared/trace.ts";
import type { Files } from "./parts.ts";
import { summarise } from "./vertex.ts";

const job = object({ run: uuid() });
const pageLength = 2_000;

/** Reads a document page by page, and writes down after each how far it is. */
export async function extract(db: Database, files: Files, body: unknown): Promise<void> {
  const { run } = read(job, body, "job");
  setBaggage({ run_id: run });
  const found = await db.row<{ document: string }>("select document_id as document from runs where id = $1", [run]);
  // It was deleted meanwhile: nothing to do.
  if (!found) return;
  try {
    const content = await files.get(found.document);
    if (!content) throw new Error("the file is not there");
    const pages = pagesOf(content.toString("utf8"));
    await db.rows("update runs set state = 'running', pages = $2, pages_done = 0, tokens = 0, failure = null where id = $1", [
      run,
      pages.length,
    ]);
    await setState(db, found.document, "reading");
    for (const [index, text] of pages.entries()) await readPage(db, run, index + 1, text);
    await db.rows("update runs set state = 'done', updated_at = now() where id = $1", [run]);
    await setState(db, found.document, "reviewed");
  } catch (error) {
    await db.rows("update runs set state = 'failed', failure = $2, updated_at = now() where id = $1", [
      run,
      error instanceof Error ? error.message : "unknown",
    ]);
    await setState(db, found.document, "failed");
    throw error;
  }
}

async function readPage(db: Database, run: string, page: number, text: string): Promise<void> {
  const { summary, words, tokens } = await summarise(text);
  await db.transaction(async (queries) => {
    await queries.rows(
      `insert into findings (run_id, page, summary, words, tokens) values ($1, $2, $3, $4, $5)
       on conflict (run_id, page) do update set summary = excluded.summary, words = excluded.words, tokens = excluded.tokens`,
      [run, page, summary, words, tokens],
    );
    await queries.rows("update runs set pages_done = $2, tokens = tokens + $3, updated_at = now() where id = $1", [
      run,
      page,
      tokens,
    ]);
  });
}

async function setState(db: Database, document: string, state: string): Promise<void> {
  await db.rows("update documents set state = $2 where id = $1", [document, state]);
}

function pagesOf(text: string): string[] {
  const pages: string[] = [];
  // What is no text at all has bytes that Postgres keeps in no text.
  const clean = text.replaceAll("\u0000", " ");
  for (let at = 0; at < clean.length; at += pageLength) pages.push(clean.slice(at, at + pageLength));
  return pages;
}
