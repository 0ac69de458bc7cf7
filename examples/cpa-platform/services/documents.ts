import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { bucketOfEnvironment } from "../../shared/bucket.ts";
import type { Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { keyOfEnvironment } from "../../shared/kms.ts";

export type Document = {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: string;
  readonly createdAt: string;
};

const columns = `id, name, size_bytes as "sizeBytes", state, created_at as "createdAt"`;
const bucket = bucketOfEnvironment(process.env["DOCUMENTS_BUCKET"]);
const key = keyOfEnvironment(process.env["TENANT_KEYS_ID"]);

/** Envelope encryption: each document has a key of its own, and that is sealed by the key service for the firm. */
export async function addDocument(
  queries: Queries,
  { tenantId, name, content }: { readonly tenantId: string; readonly name: string; readonly content: Buffer },
): Promise<Document> {
  if (!key || !bucket) throw new HttpError(503, "no-store", "there is no bucket or no key for documents here");
  const dataKey = randomBytes(32);
  const sealedKey = await key.encrypt(dataKey.toString("base64"), { tenant: tenantId });
  const made = await queries.row<Document>(
    `insert into documents (tenant_id, name, size_bytes, state, sealed_key, words) values ($1, $2, $3, 'unscanned', $4, $5) returning ${columns}`,
    [tenantId, name, content.length, sealedKey, wordsOf(content)],
  );
  if (!made) throw new Error("no document came back");
  await bucket.put(`${tenantId}/${made.id}`, seal(content, dataKey));
  return made;
}

/** The document as it was handed in. What was found infected is not given out. */
export async function contentOf(
  queries: Queries,
  tenantId: string,
  id: string,
  { infected = false } = {},
): Promise<{ name: string; content: Buffer }> {
  const found = await queries.row<{ name: string; state: string; sealedKey: string }>(
    `select name, state, sealed_key as "sealedKey" from documents where id::text = $1`,
    [id],
  );
  const sealed = found && (await bucket?.get(`${tenantId}/${id}`));
  if (!found || !sealed || !key) throw new HttpError(404, "no-document", "you have no such document");
  if (found.state === "infected" && !infected) throw new HttpError(403, "infected", "this document holds a virus");
  const dataKey = Buffer.from(await key.decrypt(found.sealedKey, { tenant: tenantId }), "base64");
  return { name: found.name, content: open(sealed, dataKey) };
}

/** Postgres finds words as Typesense would, with fewer typing errors forgiven. */
export function findDocuments(queries: Queries, wanted: string | null): Promise<Document[]> {
  return queries.rows(
    `select ${columns} from documents
     where $1::text is null or found @@ websearch_to_tsquery('simple', $1) or name ilike '%' || $2 || '%'
     order by documents.created_at desc limit 50`,
    [wanted, wanted?.replace(/[\\%_]/g, "\\$&") ?? ""],
  );
}

function wordsOf(content: Buffer): string {
  return (content.toString("utf8").match(/[\p{L}\p{N}]{2,40}/gu) ?? []).slice(0, 2_000).join(" ");
}

function seal(content: Buffer, dataKey: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", dataKey, nonce);
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(sealed: Buffer, dataKey: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", dataKey, sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}
