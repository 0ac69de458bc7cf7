import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "@redis/client";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installedRedis, startRedis } from "../support/examples-redis.ts";
import { query, type TestDatabase } from "../support/examples-postgres.ts";
import { type RunningService, until } from "../support/examples-services.ts";
import { startStores, storesAreThere } from "../support/examples-stores.ts";
import { useExamples } from "../support/examples.ts";

type Claim = { id: string; number: number; state: string; amountCents: number; entries: { kind: string }[] };
const alpha = { ENABLE_WEBHOOKS: "true", ENABLE_DEMO_DATA_GENERATOR: "true", MOCK_GEMINI_AI: "true" };
const claim = { item: "ring", happenedOn: "2026-01-31", amountCents: 12_300 };

describe("the ledger", () => {
  const examples = useExamples();
  let db: TestDatabase;
  let api: RunningService;
  beforeAll(async () => {
    db = await examples.database("proveniq-ledger");
    api = await examples.start("proveniq-ledger:api", { DATABASE_URL: db.url, ...alpha });
  });
  const partner = async (at = api): Promise<{ authorization: string }> => {
    const { body, status } = await at.ask("POST /v1/demo-data");
    expect(status).toBe(201);
    return { authorization: `Bearer ${String(body["apiKey"])}` };
  };
  const claimsOf = async (headers: Record<string, string>): Promise<Claim[]> =>
    (await api.ask("GET /v1/claims?limit=100", { headers })).body["claims"] as Claim[];

  test("is alive, and ready as long as its database answers", async () => {
    expect((await api.ask("GET /health")).body).toEqual({ status: "ok" });
    expect((await api.ask("GET /health/ready")).body).toEqual({ status: "ready" });
    const lost = await examples.start("proveniq-ledger:api", { DATABASE_URL: "postgres://nobody:hush@127.0.0.1:1/none" });
    expect((await lost.ask("GET /health")).status).toBe(200);
    expect(await lost.ask("GET /health/ready")).toMatchObject({ status: 503, body: { error: { code: "database-away" } } });
    expect(lost.text()).not.toContain("hush");
  });

  test("a partner sees ten sample claims, page by page, and no other partner's", async () => {
    const [mine, theirs] = [await partner(), await partner()];
    const first = await api.ask("GET /v1/claims?limit=6", { headers: mine });
    const rest = await api.ask(`GET /v1/claims?limit=6&after=${String(first.body["next"])}`, { headers: mine });
    const numbers = [first, rest].flatMap(({ body }) => (body["claims"] as Claim[]).map(({ number }) => number));
    expect(new Set(numbers).size).toBe(10);
    expect(rest.body["next"]).toBeNull();
    const [{ id } = { id: "" }] = await claimsOf(theirs);
    expect((await api.ask(`GET /v1/claims/${id}`, { headers: mine })).status).toBe(404);
  });

  test("a claim is filed, assessed and settled, and each is a line that stays", async () => {
    const headers = await partner();
    const filed = await api.ask("POST /v1/claims", { headers, body: claim });
    expect(filed).toMatchObject({ status: 201, body: { state: "open", amountCents: 12_300, happenedOn: "2026-01-31" } });
    const id = String(filed.body["id"]);
    expect((await api.ask(`POST /v1/claims/${id}/assess`, { headers })).body).toMatchObject({
      model: "mock",
      verdict: "plausible",
    });
    const decide = (body: object) => api.ask(`POST /v1/claims/${id}/decision`, { headers, body });
    expect(await decide({ decision: "settled", amountCents: 99_999 })).toMatchObject({
      status: 422,
      body: { error: { code: "too-much" } },
    });
    // Two at once: one of them is too late.
    const both = await Promise.all([decide({ decision: "settled" }), decide({ decision: "rejected" })]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 409]));
    const { entries } = (await api.ask(`GET /v1/claims/${id}`, { headers })).body as unknown as Claim;
    expect(entries.map(({ kind }) => kind).slice(0, 2)).toEqual(["filed", "assessed"]);
    expect(entries).toHaveLength(3);
    await expect(db.asOwner(`update entries set kind = 'filed' where claim_id = '${id}'`)).rejects.toThrow("never changed");
  });

  test.each([
    ["without a key", {}, claim, 401, "no-key"],
    ["with a key that nobody has", { authorization: "Bearer plk_x" }, claim, 401, "unknown-key"],
    ["with a field that is not known", undefined, { ...claim, colour: "red" }, 400, "bad-input"],
    ["with a day that is none", undefined, { ...claim, happenedOn: "2026-02-30" }, 400, "bad-input"],
    ["with a zero byte", undefined, { ...claim, item: "a\u0000b" }, 400, "bad-input"],
    ["that is no JSON", { "content-type": "application/json" }, "{", 400, "bad-json"],
    ["that is text", { "content-type": "text/plain" }, "hello", 415, "not-json"],
    ["that is too large", { "content-type": "application/json" }, `"${"x".repeat(70_000)}"`, 413, "too-large"],
  ])("a claim %s is refused", async (_, given, body, status, code) => {
    const needsKey = code !== "no-key" && code !== "unknown-key";
    const headers = { ...(needsKey ? await partner() : {}), ...given };
    expect(await api.ask("POST /v1/claims", { headers, body })).toMatchObject({ status, body: { error: { code } } });
  });

  test("everything that is wrong with a claim is told at once, and SQL in it is text", async () => {
    const headers = await partner();
    const { body } = await api.ask("POST /v1/claims", { headers, body: { item: "", happenedOn: "x", amountCents: -1 } });
    expect((body["error"] as { problems: string[] }).problems).toHaveLength(3);
    const item = "'); drop table claims; --";
    expect((await api.ask("POST /v1/claims", { headers, body: { ...claim, item } })).body).toMatchObject({ item });
    expect((await api.ask("GET /v1/claims?state=open';--", { headers })).status).toBe(400);
    expect(await claimsOf(headers)).toHaveLength(11);
  });

  test("other paths are 404, other methods 405", async () => {
    expect((await api.ask("GET /v2")).status).toBe(404);
    expect((await api.ask("DELETE /v1/claims")).status).toBe(405);
    expect((await api.ask("GET /v1/claims/%zz")).status).toBe(400);
  });

  test("a partner resets what is theirs, and nothing else", async () => {
    const [mine, theirs] = [await partner(), await partner()];
    await api.ask("POST /v1/claims", { headers: mine, body: claim });
    expect((await api.ask("POST /v1/reset", { headers: mine, body: { seed: true } })).body).toEqual({ removed: 11, seeded: 10 });
    expect(await claimsOf(mine)).toHaveLength(10);
    expect((await api.ask("POST /v1/reset", { headers: mine, body: {} })).body).toEqual({ removed: 10, seeded: 0 });
    expect([await claimsOf(mine), await claimsOf(theirs)].map(({ length }) => length)).toEqual([0, 10]);
  });

  test("a webhook is told of a change, signed, in the same trace", async () => {
    const received: { headers: Record<string, unknown>; body: string }[] = [];
    const receiver = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      // The first try is refused, so that there is a second.
      request.on("end", () => response.writeHead(received.push({ headers: request.headers, body }) === 1 ? 500 : 204).end());
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void receiver.close());
    const headers = await partner();
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    const { body: hook } = await api.ask("POST /v1/webhooks", { headers, body: { url } });
    const trace = randomUUID().replaceAll("-", "");
    await api.ask("POST /v1/claims", { headers: { ...headers, traceparent: `00-${trace}-00f067aa0ba902b7-01` }, body: claim });
    await until(() => received.length >= 2);
    const [first, second] = received;
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.headers["traceparent"]).toContain(trace);
    const key = Buffer.from(String(hook["secret"]).replace("whsec_", ""), "base64");
    const signed = `${String(second?.headers["webhook-id"])}.${String(second?.headers["webhook-timestamp"])}.${second?.body}`;
    expect(second?.headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
    expect(JSON.parse(second?.body ?? "")).toMatchObject({ type: "claim.filed" });
    const metric = () => api.metrics().then((all) => all.get('webhook_deliveries_total{outcome="delivered"}'));
    await until(async () => (await metric()) === 1);
    expect((await api.ask(`DELETE /v1/webhooks/${String(hook["id"])}`, { headers })).status).toBe(204);
    expect((await api.ask("GET /v1/webhooks", { headers })).body).toEqual({ webhooks: [] });
  });

  test("elsewhere than on a laptop webhooks do not reach inside", async () => {
    const sandbox = await examples.start("proveniq-ledger:api", {
      DATABASE_URL: db.url,
      ...alpha,
      GANTRY_ENVIRONMENT: "sandbox",
    });
    const headers = await partner(sandbox);
    for (const url of [
      "http://example.com/",
      "https://127.0.0.1/",
      "https://localhost/",
      "https://[::1]/",
      "https://metadata.internal/",
    ])
      expect((await sandbox.ask("POST /v1/webhooks", { headers, body: { url } })).status, url).toBe(400);
    expect((await sandbox.ask("POST /v1/webhooks", { headers, body: { url: "https://example.com/hook" } })).status).toBe(201);
  });

  test("without its flags the alpha features are not there, and Gemini is asked", async () => {
    const gemini = createServer((request, response) => {
      response.writeHead(request.headers["x-goog-api-key"] === "g-key" ? 200 : 403, { "content-type": "application/json" });
      response.end(
        JSON.stringify({
          candidates: [{ content: { parts: [{ text: "Doubtful.\n" }] } }],
          usageMetadata: { totalTokenCount: 120 },
        }),
      );
    });
    await new Promise<void>((resolve) => gemini.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void gemini.close());
    const plain = await examples.start("proveniq-ledger:api", {
      DATABASE_URL: db.url,
      GEMINI_API_KEY: "g-key",
      GEMINI_URL: `http://127.0.0.1:${(gemini.address() as AddressInfo).port}/`,
    });
    expect((await plain.ask("POST /v1/demo-data")).status).toBe(404);
    const headers = await partner();
    expect((await plain.ask("GET /v1/webhooks", { headers })).status).toBe(404);
    const [{ id } = { id: "" }] = await claimsOf(headers);
    expect((await plain.ask(`POST /v1/claims/${id}/assess`, { headers })).body).toMatchObject({
      model: "gemini",
      verdict: "doubtful",
    });
    expect(plain.text()).not.toContain("g-key");
    expect((await plain.metrics()).get('cost_usd_total{model="gemini-2.5-flash"}')).toBeCloseTo(120 * 0.3e-6, 12);
    // The mock, which the sandbox has, costs nothing.
    await api.ask(`POST /v1/claims/${id}/assess`, { headers });
    expect((await api.metrics()).get('cost_usd_total{model="gemini-2.5-flash"}')).toBe(0);
  });

  test("a trace goes on in the log and in the ledger; one that is not there begins", async () => {
    const headers = await partner();
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    await api.ask("POST /v1/claims", { headers: { ...headers, traceparent: `00-${trace}-00f067aa0ba902b7-01` }, body: claim });
    const logged = () => api.lines.find((one) => one["trace_id"] === trace && one["status"] === 201);
    await until(() => logged() !== undefined);
    const line = logged();
    expect(line).toMatchObject({ parent_span_id: "00f067aa0ba902b7", route: "/v1/claims", service: "api" });
    expect(line?.["partner_id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await query(db.ownerUrl, `select kind from entries where trace_id = '${trace}'`)).toEqual([{ kind: "filed" }]);
    await api.ask("GET /v1/claims?state=rejected", { headers: { ...headers, traceparent: "00-zzz" } });
    for (const one of api.lines.filter(({ status }) => status !== undefined)) expect(one["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(api.text()).not.toContain(headers.authorization.slice(7));
  });

  test("its metrics count requests by route, and not who looks after it", async () => {
    const before = await api.metrics();
    const name = 'http_requests_total{method="GET",route="/v1/claims",status="401"}';
    await api.ask("GET /v1/claims");
    await api.ask("GET /health");
    const after = await api.metrics();
    expect(after.get(name)).toBe((before.get(name) ?? 0) + 1);
    expect([...after.keys()].filter((key) => key.includes("/health") || key.includes("/metrics"))).toEqual([]);
    const histogram = 'http_request_duration_seconds_bucket{method="GET",route="/v1/claims",le="+Inf"}';
    expect(after.get(histogram)).toBe(after.get(histogram.replace("_bucket", "_count").replace(',le="+Inf"', "")));
    expect([after.get("db_pool_max"), after.get("process_resident_memory_bytes")]).toEqual([6, expect.any(Number)]);
  });

  test("provision makes a partner, prints its key once, and the key works", async () => {
    const made = await examples.launch("proveniq-ledger:provision", { DATABASE_URL: db.url }, ["Acme"]);
    expect(await made.ended).toBe(0);
    const { apiKey } = made.lines[0] as { apiKey: string };
    expect(await claimsOf({ "x-api-key": apiKey })).toHaveLength(10);
  });

  test("asked to end, it finishes the request that is open and takes no more", async () => {
    const slow = await examples.start("proveniq-ledger:api", { DATABASE_URL: db.url, ...alpha, GANTRY_FAULTS: "latency=1500ms" });
    const open = slow.ask("POST /v1/demo-data");
    await until(async () => (await slow.metrics()).get("http_requests_in_flight") === 1);
    slow.child.kill("SIGTERM");
    await until(() => slow.lines.some(({ message }) => message === "stopping"));
    await expect(slow.ask("GET /health")).rejects.toThrow();
    expect((await open).status).toBe(201);
    expect(await slow.ended).toBe(0);
    expect(slow.lines.at(-1)?.message).toBe("stopped");
  });

  test.skipIf(!installedRedis)("with a redis, instances count a partner's requests together (needs redis-server)", async () => {
    const redis = await startRedis(installedRedis ?? "");
    onTestFinished(redis.stop);
    const env = { DATABASE_URL: db.url, REDIS_URL: `redis://127.0.0.1:${redis.port}`, ...alpha };
    const [one, two] = [await examples.start("proveniq-ledger:api", env), await examples.start("proveniq-ledger:api", env)];
    const headers = await partner(one);
    await Promise.all([one, two].map((each) => each.ask("GET /v1/claims", { headers })));
    const client = await createClient({ url: env.REDIS_URL }).connect();
    const keys = await client.keys("proveniq-ledger:local:requests:*");
    const counts = await Promise.all(keys.map((key) => client.get(key)));
    client.destroy();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBe(2);
    await redis.stop();
    // Gone in the middle of it: each counts for itself, and answers.
    expect((await one.ask("GET /v1/claims", { headers })).status).toBe(200);
    expect(await one.stop()).toBe(0);
    expect(await two.stop()).toBe(0);
  });

  test.skipIf(!storesAreThere)("a claim's document lies in the bucket (needs the resource server)", async () => {
    const stores = await startStores("ledger");
    onTestFinished(stores.stop);
    const with_ = await examples.start("proveniq-ledger:api", {
      DATABASE_URL: db.url,
      ...alpha,
      ...stores.env,
      DOCUMENTS_BUCKET: "ledger-files",
    });
    const headers = await partner();
    const [{ id } = { id: "" }] = await claimsOf(headers);
    expect((await with_.ask(`GET /v1/claims/${id}/document`, { headers })).status).toBe(404);
    expect((await with_.ask(`PUT /v1/claims/${id}/document`, { headers, body: "a photo" })).status).toBe(204);
    expect(await with_.ask(`GET /v1/claims/${id}/document`, { headers })).toMatchObject({ status: 200, text: "a photo" });
    expect(await api.ask(`PUT /v1/claims/${id}/document`, { headers, body: "x" })).toMatchObject({ status: 503 });
  });
});
