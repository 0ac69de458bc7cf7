import { type Answer, download, json, noContent } from "../../shared/answer.ts";
import { bucketOfEnvironment } from "../../shared/bucket.ts";
import { createCache } from "../../shared/cache.ts";
import { connectDatabase } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { flag, object, optional, read } from "../../shared/input.ts";
import { logBaggage } from "../../shared/log.ts";
import { counter } from "../../shared/metrics.ts";
import { redisOfEnvironment } from "../../shared/redis.ts";
import type { Handler, Request } from "../../shared/router.ts";
import { runService } from "../../shared/service.ts";
import { repeat } from "../../shared/work.ts";
import { assess } from "./assess.ts";
import { changeClaim, claimOf, decision, enter, entriesOf, fileClaim, listClaims, newClaim } from "./claims.ts";
import { type Partner, addSampleClaims, clearPartner, partnerOf, provisionPartner } from "./partners.ts";
import { addWebhook, deliverOne, listWebhooks, newWebhook, removeWebhook } from "./webhooks.ts";

// Stands in for the ledger: partners with their keys, their claims, and a line for everything that happened to one.
logBaggage({ partner_id: "partner_id" });
const db = connectDatabase({ max: 6 });
const redis = redisOfEnvironment();
const cache = createCache(redis);
const documents = bucketOfEnvironment(process.env["DOCUMENTS_BUCKET"]);
const limited = counter("rate_limit_hits_total", "Requests that were refused because there were too many.", [{}]);
const filed = counter("claims_filed_total", "Claims that partners filed.", [{}]);

/** A route for partners: who asks is known, and does not ask too often. */
function forPartner(answer: (partner: Partner, request: Request) => Promise<Answer | object>): Handler {
  return async (request) => {
    const partner = await partnerOf(db, request);
    if (!(await cache.allows(`requests:${partner.id}`, 6_000, 60))) {
      limited();
      throw new HttpError(429, "too-many", "at most 6000 requests a minute");
    }
    return answer(partner, request);
  };
}

/** A feature that its flag has to open: where it is closed there is nothing at its path. */
function alpha(name: string, answer: Handler): Handler {
  return (request) => {
    if (process.env[name] !== "true") throw new HttpError(404, "not-found", `${name} is off here`);
    return answer(request);
  };
}

function store(): NonNullable<typeof documents> {
  if (!documents) throw new HttpError(503, "no-bucket", "there is no bucket for documents here");
  return documents;
}

const delivering = process.env["ENABLE_WEBHOOKS"] === "true" ? repeat(() => deliverOne(db), { restMs: 500 }) : Promise.resolve();

runService({
  health: { live: "/health", ready: "/health/ready" },
  ready: db.ping,
  close: [() => delivering, db.close, async () => redis?.isReady && redis.close()],
  routes: {
    "GET /v1/claims": forPartner((partner, { query }) => listClaims(db, partner.id, query)),
    "POST /v1/claims": forPartner(async (partner, request) => {
      const claim = await fileClaim(db, partner.id, read(newClaim, await request.json()));
      filed();
      return json(201, claim, { location: `/v1/claims/${claim.id}` });
    }),
    "GET /v1/claims/:id": forPartner(async (partner, { params }) => {
      const claim = await claimOf(db, partner.id, params["id"] ?? "");
      return { ...claim, entries: await entriesOf(db, claim.id) };
    }),
    "POST /v1/claims/:id/assess": forPartner(async (partner, { params }) => {
      const { id } = await claimOf(db, partner.id, params["id"] ?? "");
      // Asked before the claim is locked: a model takes its time.
      const verdict = await assess(await claimOf(db, partner.id, id));
      return {
        ...verdict,
        claim: await changeClaim(db, partner.id, id, () => ({ state: "assessed", verdict: verdict.verdict })),
      };
    }),
    "POST /v1/claims/:id/decision": forPartner(async (partner, request) => {
      const { decision: state, amountCents } = read(decision, await request.json());
      return changeClaim(db, partner.id, request.params["id"] ?? "", (claim) => {
        if (amountCents !== undefined && amountCents > claim.amountCents)
          throw new HttpError(422, "too-much", "a claim is not settled for more than was claimed");
        return { state, amountCents: state === "settled" ? (amountCents ?? claim.amountCents) : undefined };
      });
    }),
    "PUT /v1/claims/:id/document": forPartner(async (partner, request) => {
      const claim = await claimOf(db, partner.id, request.params["id"] ?? "");
      await store().put(`${partner.id}/${claim.id}`, await request.bytes({ maxBytes: 5 * 2 ** 20 }));
      await enter(db, claim.id, "document");
      return noContent();
    }),
    "GET /v1/claims/:id/document": forPartner(async (partner, { params }) => {
      const claim = await claimOf(db, partner.id, params["id"] ?? "");
      const body = await store().get(`${partner.id}/${claim.id}`);
      if (!body) throw new HttpError(404, "no-document", "this claim has no document");
      return download(`${claim.id}.bin`, body);
    }),
    "POST /v1/reset": forPartner(async (partner, request) => {
      const { seed = false } = read(object({ seed: optional(flag()) }), await request.json());
      const removed = await db.transaction(async (queries) => {
        const count = await clearPartner(queries, partner.id);
        if (seed) await addSampleClaims(queries, partner.id);
        return count;
      });
      return { removed, seeded: seed ? 10 : 0 };
    }),
    "GET /v1/webhooks": alpha(
      "ENABLE_WEBHOOKS",
      forPartner(async ({ id }) => ({ webhooks: await listWebhooks(db, id) })),
    ),
    "POST /v1/webhooks": alpha(
      "ENABLE_WEBHOOKS",
      forPartner(async ({ id }, request) => json(201, await addWebhook(db, id, read(newWebhook, await request.json()).url))),
    ),
    "DELETE /v1/webhooks/:id": alpha(
      "ENABLE_WEBHOOKS",
      forPartner(async ({ id }, { params }) => {
        await removeWebhook(db, id, params["id"] ?? "");
        return noContent();
      }),
    ),
    // Anybody may try: a partner made up on the spot, with ten claims.
    "POST /v1/demo-data": alpha("ENABLE_DEMO_DATA_GENERATOR", async () =>
      json(201, await db.transaction((queries) => provisionPartner(queries, { name: "demo", demo: true }))),
    ),
  },
});
