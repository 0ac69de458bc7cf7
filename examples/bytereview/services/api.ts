import { randomUUID } from "node:crypto";
import { events, json } from "../../shared/answer.ts";
import { connectDatabase } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { object, read, text } from "../../shared/input.ts";
import { keyOfEnvironment } from "../../shared/kms.ts";
import { measureQueues, push } from "../../shared/queue.ts";
import type { Handler, Request } from "../../shared/router.ts";
import { runService } from "../../shared/service.ts";
import { pause } from "../../shared/stopping.ts";
import { topicOfEnvironment } from "../../shared/topic.ts";
import { setBaggage } from "../../shared/trace.ts";
import { addDocument, documentOf, listDocuments, progressOf, uploaded } from "./documents.ts";
import { isOpenFor } from "./flags.ts";
import { type Extraction, type Import, logAsTheDocumentAsks, openFiles, openQueues, queues } from "./parts.ts";

// Stands in for the FastAPI service: documents come in, workers read them, whoever waits sees how far they are.
logAsTheDocumentAsks();
const db = connectDatabase({ max: 10 });
const files = openFiles(db);
const { store, close } = openQueues(db);
const topic = topicOfEnvironment(process.env["EVENTS_TOPIC"]);
const tokens = keyOfEnvironment(process.env["KMS_KEY_ID"]);
measureQueues(store, queues);

/** Whoever signed in before the request came here, by the name that the sign-in gave them. */
function uidOf(request: Request): string {
  const uid = request.header("x-user-id") ?? "guest";
  read(text({ max: 64, pattern: /^[\w.@-]+$/, says: "must be a name" }), uid, "x-user-id");
  setBaggage({ uid });
  return uid;
}

/** What a user asks for is one operation, however many jobs it takes. */
function beginOperation(): string {
  const id = randomUUID();
  setBaggage({ op_id: id });
  return id;
}

const gated = (answer: (request: Request, uid: string) => Promise<object>): Handler => {
  return (request) => {
    const uid = uidOf(request);
    if (!isOpenFor(process.env["INTEGRATIONS_PHASE"], uid))
      throw new HttpError(404, "not-found", "integrations are not open to you yet");
    return answer(request, uid);
  };
};

runService({
  health: { live: "/health", ready: "/health/ready" },
  ready: db.ping,
  origins: (process.env["CORS_ORIGINS"] ?? "").split(",").filter(Boolean),
  close: [close, db.close],
  routes: {
    "GET /api/documents": async (request) => ({ documents: await listDocuments(db, uidOf(request)) }),
    "GET /api/documents/:id": (request) => documentOf(db, uidOf(request), request.params["id"] ?? ""),
    "POST /api/documents": async (request) => {
      const uid = uidOf(request);
      const operationId = beginOperation();
      const { name, content } = await uploaded(request);
      const { id, run } = await addDocument(db, { uid, name, content, operationId });
      setBaggage({ run_id: run });
      await files.put(id, content);
      await push(store, "extraction", { run } satisfies Extraction);
      await topic?.publish({ type: "document.added", document: id, uid });
      return json(202, { id, run, progress: `/api/progress/${run}` }, { location: `/api/documents/${id}` });
    },
    "GET /api/progress/:run": (request) => progressOf(db, request.params["run"] ?? ""),
    "GET /api/progress/:run/events": async ({ params }) => {
      const run = params["run"] ?? "";
      const first = await progressOf(db, run);
      return events(async function* (ends) {
        for (let now = first, told = ""; ; now = await progressOf(db, run)) {
          const text = JSON.stringify(now);
          if (text !== told) yield now;
          told = text;
          if (ends.aborted || now.state === "done" || now.state === "failed") return;
          await pause(200, ends);
        }
      });
    },
    "GET /api/integrations": gated(async (_, uid) => ({
      integrations: await db.rows(`select name, connected_at as "connectedAt" from integrations where uid = $1`, [uid]),
    })),
    "POST /api/integrations/drive": gated(async (request, uid) => {
      const { token } = read(object({ token: text({ min: 8, max: 2_000 }) }), await request.json());
      if (!tokens) throw new HttpError(503, "no-key", "there is no key here to seal tokens with");
      const sealed = await tokens.encrypt(token, { uid });
      await db.rows(
        `insert into integrations (uid, name, token_sealed) values ($1, 'drive', $2)
         on conflict (uid, name) do update set token_sealed = excluded.token_sealed, connected_at = now()`,
        [uid, sealed],
      );
      return json(201, { name: "drive" });
    }),
    "POST /api/integrations/drive/imports": gated(async (request, uid) => {
      beginOperation();
      const { folder } = read(object({ folder: text({ max: 200 }) }), await request.json());
      const connected = await db.row("select 1 from integrations where uid = $1 and name = 'drive'", [uid]);
      if (!connected) throw new HttpError(409, "not-connected", "connect your Drive first");
      const made = await db.row<{ id: string }>("insert into imports (uid, folder) values ($1, $2) returning id", [uid, folder]);
      await push(store, "imports", { import: made?.id ?? "" } satisfies Import);
      return json(202, { import: made?.id });
    }),
    "GET /api/integrations/drive/imports/:id": gated(async ({ params }, uid) => {
      const found = await db.row<object>("select id, folder, state, documents from imports where id::text = $1 and uid = $2", [
        params["id"],
        uid,
      ]);
      if (!found) throw new HttpError(404, "no-import", "you have no such import");
      return found;
    }),
  },
});
