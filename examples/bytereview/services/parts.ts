import { bucketOfEnvironment } from "../../shared/bucket.ts";
import type { Database } from "../../shared/database.ts";
import { logBaggage } from "../../shared/log.ts";
import { queueInPostgres } from "../../shared/queue-in-postgres.ts";
import { queueInRedis } from "../../shared/queue-in-redis.ts";
import type { JobStore } from "../../shared/queue.ts";
import { redisOfEnvironment } from "../../shared/redis.ts";

// What the API and the workers have in common.

export const queues = ["extraction", "imports"] as const;
export type Extraction = { readonly run: string };
export type Import = { readonly import: string };

/** Every line of the log says in which trace it is, who it is about, and what they asked for. */
export function logAsTheDocumentAsks(): void {
  logBaggage({ uid: "uid", operation_id: "op_id" });
}

/** Redis holds the jobs where there is one, the database where there is none. */
export function openQueues(db: Database): { readonly store: JobStore; readonly close: () => Promise<void> } {
  const redis = redisOfEnvironment();
  if (!redis) return { store: queueInPostgres(db), close: async () => undefined };
  return { store: queueInRedis(redis), close: async () => (redis.isReady ? redis.close() : redis.destroy()) };
}

/** Where documents lie: in the bucket, or in the database where there is none. */
export function openFiles(db: Database): Files {
  const bucket = bucketOfEnvironment(process.env["DOCUMENTS_BUCKET"]);
  if (bucket)
    return {
      put: (id, content) => bucket.put(`documents/${id}`, content),
      get: (id) => bucket.get(`documents/${id}`),
      remove: (id) => bucket.remove(`documents/${id}`),
    };
  return {
    put: async (id, content) => void (await db.rows("update documents set content = $2 where id = $1", [id, content])),
    get: async (id) =>
      (await db.row<{ content: Buffer | null }>("select content from documents where id = $1", [id]))?.content ?? undefined,
    remove: async (id) => void (await db.rows("update documents set content = null where id = $1", [id])),
  };
}

export type Files = {
  readonly put: (id: string, content: Buffer) => Promise<void>;
  readonly get: (id: string) => Promise<Buffer | undefined>;
  readonly remove: (id: string) => Promise<void>;
};
