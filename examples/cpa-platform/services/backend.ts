import { randomUUID } from "node:crypto";
import { type Answer, download, json } from "../../shared/answer.ts";
import { createCache } from "../../shared/cache.ts";
import { type Queries, connectDatabase } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { object, read, text } from "../../shared/input.ts";
import { logBaggage } from "../../shared/log.ts";
import { counter, gauge } from "../../shared/metrics.ts";
import { redisOfEnvironment } from "../../shared/redis.ts";
import type { Handler, Request } from "../../shared/router.ts";
import { runService } from "../../shared/service.ts";
import { addDocument, contentOf, findDocuments } from "./documents.ts";
import { draftInvoice, invoiceOf, listInvoices, newInvoice, sendInvoice } from "./invoices.ts";
import { hashPassword, sessionOf, signIn, tokenFor } from "./sessions.ts";
import { asTenant } from "./tenancy.ts";
import { startWorkflow } from "./workflows.ts";

// Stands in for the Axum backend: firms, their documents and invoices, each firm behind row-level security.
logBaggage({ tenant_id: "tenant_id", uid: "uid" });
const db = connectDatabase({ max: 12 });
const redis = redisOfEnvironment();
const cache = createCache(redis);
const documents = counter("documents_processed_total", "Documents that came in.", [{}]);
const invoices = counter("invoices_generated_total", "Invoices that were drafted.", [{}]);
const limited = counter("rate_limit_hits_total", "Requests that were refused because there were too many.", [{}]);
gauge("active_tenants", "Firms.", async () => [
  { value: (await db.row<{ count: number }>("select count_firms() as count"))?.count ?? 0 },
]);

const email = text({ max: 200, pattern: /^[^@\s]+@[^@\s]+$/, says: "must be an email address" });
const password = text({ min: 10, max: 200 });
const newFirm = object({ firm: text({ max: 200 }), email, password });
const fileName = object({ name: text({ max: 200, pattern: /^[^/\\]+$/, says: "must be a name without slashes" }) });

async function limit(key: string, most: number): Promise<void> {
  if (await cache.allows(key, most, 60)) return;
  limited();
  throw new HttpError(429, "too-many", `at most ${most} a minute`);
}

type Mine = { readonly queries: Queries; readonly tenantId: string; readonly request: Request };

/** A route for whoever is signed in; it sees the rows of their firm. */
function signedIn(answer: (mine: Mine) => Promise<Answer | object>): Handler {
  return async (request) => {
    const { tenantId } = sessionOf(request);
    await limit(`requests:${tenantId}`, 2_000);
    return asTenant(db, tenantId, (queries) => answer({ queries, tenantId, request }));
  };
}

runService({
  health: { live: "/api/v1/health", ready: "/api/v1/health/ready" },
  ready: db.ping,
  close: [db.close, async () => redis?.isReady && redis.close()],
  routes: {
    "POST /api/v1/firms": async (request) => {
      const { firm, email, password } = read(newFirm, await request.json());
      const tenantId = randomUUID();
      const hash = await hashPassword(password);
      await asTenant(db, tenantId, async (queries) => {
        await queries.rows("insert into firms (tenant_id, name) values ($1, $2)", [tenantId, firm]);
        await queries.rows("insert into users (tenant_id, email, password_hash) values ($1, $2, $3)", [
          tenantId,
          email.toLowerCase(),
          hash,
        ]);
      });
      return json(201, { tenantId });
    },
    "POST /api/v1/sessions": async (request) => {
      const given = read(object({ email, password: text({ max: 200 }) }), await request.json());
      await limit(`logins:${given.email.toLowerCase()}`, 20);
      return json(201, { token: tokenFor(await signIn(db, given.email, given.password)) });
    },
    // Asked with every page: a firm is remembered for a minute.
    "GET /api/v1/firm": signedIn(({ queries, tenantId }) =>
      cache.through(
        `firm:${tenantId}`,
        60,
        async () => (await queries.row<object>(`select tenant_id as "tenantId", name from firms`)) ?? {},
      ),
    ),

    "GET /api/v1/documents": signedIn(async ({ queries, request }) => ({
      documents: await findDocuments(queries, request.query.get("q")),
    })),
    "POST /api/v1/documents": signedIn(async ({ queries, tenantId, request }) => {
      const { name } = read(fileName, { name: request.query.get("name") ?? undefined }, "query");
      const content = await request.bytes({ maxBytes: 5 * 2 ** 20 });
      const made = await addDocument(queries, { tenantId, name, content });
      await startWorkflow(queries, { tenantId, kind: "scan document", subject: made.id });
      documents();
      return json(201, made);
    }),
    "GET /api/v1/documents/:id/content": signedIn(async ({ queries, tenantId, request }) => {
      const { name, content } = await contentOf(queries, tenantId, request.params["id"] ?? "");
      return download(name, content);
    }),

    "GET /api/v1/invoices": signedIn(async ({ queries }) => ({ invoices: await listInvoices(queries) })),
    "POST /api/v1/invoices": signedIn(async ({ queries, tenantId, request }) => {
      const made = await draftInvoice(queries, tenantId, read(newInvoice, await request.json()));
      invoices();
      return json(201, made);
    }),
    "GET /api/v1/invoices/:id": signedIn(({ queries, request }) => invoiceOf(queries, request.params["id"] ?? "")),
    "POST /api/v1/invoices/:id/send": signedIn(async ({ queries, tenantId, request }) =>
      json(202, await sendInvoice(queries, tenantId, request.params["id"] ?? "")),
    ),
  },
});
