import type { Database, Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { object, read, text, uuid } from "../../shared/input.ts";
import type { Request } from "../../shared/router.ts";

export type Progress = {
  readonly run: string;
  readonly document: string;
  readonly state: "waiting" | "running" | "done" | "failed";
  readonly pages: number | null;
  readonly pagesDone: number;
  readonly tokens: number;
  /** From 0 to 1. */
  readonly done: number;
  readonly failure: string | null;
};

const largest = 5 * 2 ** 20;
const name = text({ max: 200, pattern: /^[^/\\]+$/, says: "must be a name without slashes, of at most 200 characters" });

/** A document comes as JSON, `{ name, text }`, or as a file, `?name=`. */
export async function uploaded(request: Request): Promise<{ readonly name: string; readonly content: Buffer }> {
  if ((request.header("content-type") ?? "").startsWith("application/json")) {
    const given = read(object({ name, text: text({ max: 60_000 }) }), await request.json());
    return { name: given.name, content: Buffer.from(given.text) };
  }
  const given = read(object({ name }), { name: request.query.get("name") ?? undefined }, "query");
  const content = await request.bytes({ maxBytes: largest });
  if (content.length === 0) throw new HttpError(400, "bad-input", "the file is empty");
  return { name: given.name, content };
}

export async function addDocument(
  queries: Queries,
  document: { readonly uid: string; readonly name: string; readonly content: Buffer; readonly operationId: string },
): Promise<{ id: string; run: string }> {
  const made = await queries.row<{ id: string; run: string }>(
    `with document as (insert into documents (uid, name, size_bytes) values ($1, $2, $3) returning id)
     insert into runs (document_id, operation_id) select id, $4 from document returning document_id as id, id as run`,
    [document.uid, document.name, document.content.length, document.operationId],
  );
  if (!made) throw new Error("no document came back");
  return made;
}

export function listDocuments(queries: Queries, uid: string): Promise<object[]> {
  return queries.rows(
    `select d.id, d.name, d.state, d.size_bytes as "sizeBytes", d.created_at as "createdAt", r.id as run
     from documents d
     left join lateral (select id from runs where document_id = d.id order by updated_at desc limit 1) r on true
     where d.uid = $1 order by d.created_at desc limit 50`,
    [uid],
  );
}

export async function documentOf(queries: Queries, uid: string, id: string): Promise<object> {
  read(uuid(), id, "id");
  const document = await queries.row<object>(
    `select id, name, state, source, size_bytes as "sizeBytes", created_at as "createdAt" from documents where id = $1 and uid = $2`,
    [id, uid],
  );
  if (!document) throw new HttpError(404, "no-document", "you have no such document");
  const findings = await queries.rows(
    `select f.page, f.summary, f.words, f.tokens from findings f join runs r on r.id = f.run_id where r.document_id = $1 order by f.page`,
    [id],
  );
  return { ...document, findings };
}

export async function progressOf(db: Database, run: string): Promise<Progress> {
  read(uuid(), run, "run");
  const progress = await db.row<Progress>(
    `select id as run, document_id as document, state, pages, pages_done as "pagesDone", tokens, failure,
       case when state = 'done' then 1 else round(pages_done::numeric / greatest(pages, 1), 2)::float8 end as done
     from runs where id = $1`,
    [run],
  );
  if (!progress) throw new HttpError(404, "no-run", "there is no such run");
  return progress;
}
