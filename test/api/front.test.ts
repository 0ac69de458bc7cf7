import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostingOf } from "../../src/control/hosting.ts";
import { type Front, type FrontOptions, createFront } from "../../src/control/http/front.ts";
import type { HttpListener } from "../../src/control/http/listener.ts";
import { createTokens } from "../../src/control/http/tokens.ts";
import { createApprovalLinks } from "../../src/control/releases/approval-links.ts";
import { parseExposition } from "../../src/signals/exposition/read-exposition.ts";
import { type Store, openStore } from "../../src/store/store.ts";
import { freePort } from "../../src/system/free-port.ts";
import { placeOf } from "../../src/system/place.ts";
import { machineKey } from "../../src/system/sealed.ts";
import { ensurePostgres, stopPostgres } from "../../src/targets/local/postgres/server.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { ask, until } from "../support/platform.ts";

// What each server does at its port, whoever has the platform: who is known, how much they may ask, what it says of itself. Two of them on
// one Postgres, with limits that a test can reach.

const asks = { perSecond: 0.5, burst: 20 };
const tries = { perSecond: 0.5, burst: 6 };

let folder: string;
let postgres: TestPostgres;
let database: TestDatabase;
const stores: Store[] = [];
const listeners: HttpListener[] = [];
const ports: number[] = [];
let makes: ReturnType<typeof createTokens>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-front-"));
  postgres = await startPostgres();
  database = await postgres.database();
  await serve({ asks, tries });
  await serve({ asks, tries });
  // Nobody comes near the usual limits here.
  await serve({});
  makes = createTokens(stores[0] as Store);
});
afterAll(async () => {
  await Promise.all(listeners.map((one) => one.stop({ noticeMs: 0, graceMs: 0 })));
  await Promise.all(stores.map((one) => one.close()));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(limits: Pick<FrontOptions, "asks" | "tries">): Promise<Front> {
  const store = await openStore(database.ownerUrl);
  const httpPort = await freePort();
  const hosting = hostingOf({ listen: String(httpPort), url: undefined, database: database.ownerUrl });
  const approvalLinks = createApprovalLinks({
    store,
    machineKey: machineKey(path.join(folder, "key")),
    base: "http://127.0.0.1",
  });
  const ground = { place: placeOf(folder), store, hosting, httpPort, actor: "the-owner", approvalLinks };
  const options = { version: "0", onError: () => {}, nowMs: Date.now, env: {} };
  const front = createFront(ground, { ...options, ...limits });
  listeners.push(await front.listen());
  stores.push(store);
  ports.push(httpPort);
  return front;
}

const get = (port: number | undefined, target: string, token?: string) =>
  ask(port ?? 0, `127.0.0.1:${port}`, target, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
const [limited, alike, free] = [() => ports[0], () => ports[1], () => ports[2]];
const whoami = async (token: string) => (await get(free(), "/v1/whoami", token)).status;

async function tokenFor(name: string, forMs = 3_600_000) {
  const grants = [{ product: "*", environment: "*", role: "viewer" as const }];
  const by = { kind: "person" as const, name: "the-owner" };
  return { ...(await makes.create({ name, subject: `${name}@shop.example`, kind: "person", grants, forMs, by })), by };
}

describe("limits", () => {
  const refusalOf = (answer: Awaited<ReturnType<typeof get>>) => ({
    status: answer.status,
    code: (JSON.parse(answer.text) as { code: string }).code,
    after: Number(answer.headers["retry-after"]),
  });

  test("whoever is known may ask so much of all servers together, and hears when to come back", async () => {
    const { token } = await tokenFor("eager");
    const seen = [];
    for (let count = 0; count < 40; count += 1) seen.push(await get(count % 2 === 0 ? limited() : alike(), "/v1/whoami", token));
    const good = seen.filter(({ status }) => status === 200);
    // No more than were there, and what came meanwhile.
    expect(good.length).toBeGreaterThanOrEqual(asks.burst - 1);
    expect(good.length).toBeLessThan(40 - 5);
    const refused = seen.filter(({ status }) => status !== 200).map(refusalOf);
    for (const one of refused) expect(one).toEqual({ status: 429, code: "too-many", after: expect.any(Number) as number });
    expect(refused.every(({ after }) => after >= 1 && after <= 1 / asks.perSecond)).toBe(true);
    // Somebody else is none the worse for it.
    expect((await get(limited(), "/v1/whoami", (await tokenFor("patient")).token)).status).toBe(200);
  });

  test("whoever is not known may try so often, and whoever is known is none the worse for it", async () => {
    const seen = [];
    for (let count = 0; count < 20; count += 1)
      seen.push(refusalOf(await get(count % 2 === 0 ? limited() : alike(), "/v1/whoami", "gty_no")));
    expect(new Set(seen.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(["401 not-signed-in", "429 too-many"]));
    expect(seen.filter(({ status }) => status === 401).length).toBeLessThan(20 - 5);
    expect(seen.filter(({ status }) => status === 429).every(({ after }) => after >= 1)).toBe(true);
    expect((await get(limited(), "/v1/whoami", (await tokenFor("welcome")).token)).status).toBe(200);
  });
});

describe("a token", () => {
  test("is refused when its time is over", async () => {
    const { token, row, by } = await tokenFor("short");
    expect(await whoami(token)).toBe(200);
    await database.asOwner(`update access_token set expires_at = now() where id = '${row.id}'`);
    // Whoever is not known may not try often: those before have.
    const answered = await until(
      "it is answered",
      () => whoami(token),
      (status) => status !== 429,
    );
    expect(answered).toBe(401);
    // Nor is it made good again.
    await expect(makes.rotate(row.id, { graceMs: 0, forMs: 60_000, by })).rejects.toMatchObject({ code: "unknown-token" });
  });

  test("expires by itself", async () => {
    const { token } = await tokenFor("shorter", 1_500);
    expect(await whoami(token)).toBe(200);
    expect(
      await until(
        "it is over",
        () => whoami(token),
        (status) => status === 401,
      ),
    ).toBe(401);
  });

  test("that was rotated is good until its grace ends, and its successor goes on", async () => {
    const { token, row, by } = await tokenFor("turned");
    const next = await makes.rotate(row.id, { graceMs: 60_000, forMs: 3_600_000, by });
    expect([await whoami(token), await whoami(next.token)]).toEqual([200, 200]);
    await database.asOwner(`update access_token set old_until = now() where id = '${row.id}'`);
    expect([await whoami(token), await whoami(next.token)]).toEqual([401, 200]);
  });

  test("says when it was last used, to the minute", async () => {
    const { token, row } = await tokenFor("used");
    const lastUsed = async () => (await makes.list()).find(({ id }) => id === row.id)?.lastUsedAt?.getTime();
    expect(await lastUsed()).toBeUndefined();
    await whoami(token);
    const first = await lastUsed();
    expect(first).toBeTypeOf("number");
    await whoami(token);
    expect(await lastUsed()).toBe(first);
    await database.asOwner(`update access_token set last_used_at = last_used_at - interval '61 seconds' where id = '${row.id}'`);
    await whoami(token);
    expect(await lastUsed()).toBeGreaterThanOrEqual(first ?? Infinity);
  });
});

describe("what it says of itself", () => {
  test("reads as Prometheus text, counts what was asked, and names nobody", async () => {
    const { token, row } = await tokenFor("watcher");
    await get(free(), "/v1/products", token);
    await get(free(), "/v1/products", token);
    await get(free(), "/v1/whoami", "gty_never");
    const answer = await get(free(), "/metrics", token);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, expect.stringContaining("text/plain; version=0.0.4")]);
    const { all: samples, problems } = parseExposition(answer.text, { format: "classic" });
    expect(problems).toEqual([]);
    const name = "gantry_http_request_duration_seconds";
    const of = (which: string, labels: Record<string, string>) =>
      samples.filter((one) =>
        Object.entries({ __name__: `${name}_${which}`, ...labels }).every(([key, value]) => one.labels[key] === value),
      );
    expect(of("count", { method: "GET", route: "/v1/products", code: "200" }).map(({ value }) => value)).toEqual([2]);
    expect(of("count", { route: "/v1/whoami", code: "401" })[0]?.value).toBeGreaterThanOrEqual(1);
    expect(of("bucket", { route: "/v1/products", code: "200", le: "+Inf" }).map(({ value }) => value)).toEqual([2]);
    expect(of("sum", { route: "/v1/products", code: "200" })[0]?.value).toBeGreaterThan(0);
    const buckets = of("bucket", { route: "/v1/products", code: "200" }).map(({ value }) => value);
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
    expect(answer.text).toMatch(/^# TYPE gantry_http_request_duration_seconds histogram$/m);
    for (const gauge of ["gantry_event_followers", "gantry_platform_held"]) {
      expect(answer.text).toMatch(new RegExp(`^# TYPE ${gauge} gauge$`, "m"));
      expect(samples.filter(({ labels }) => labels["__name__"] === gauge).map(({ value }) => value)).toEqual([0]);
    }
    for (const secret of [token, token.slice(4), row.id, "watcher", "the-owner", "gty_", "example_1", folder])
      expect(answer.text).not.toContain(secret);
  });

  test("is told to nobody who may not read everything", async () => {
    const grants = [{ product: "shop", environment: "*", role: "admin" as const }];
    const by = { kind: "person" as const, name: "the-owner" };
    const { token } = await makes.create({ name: "shop", subject: "shop", kind: "ci", grants, forMs: 60_000, by });
    expect([(await get(free(), "/metrics", token)).status, (await get(free(), "/metrics")).status]).toEqual([403, 401]);
  });

  test("is not ready while its database is away, says so at once, and is ready when it came back", async () => {
    const { token } = await tokenFor("waiting");
    expect((await get(free(), "/readyz")).status).toBe(200);
    await stopPostgres(postgres.folder);
    const away = await get(free(), "/readyz");
    expect([away.status, away.headers["retry-after"], JSON.parse(away.text)]).toEqual([
      503,
      "1",
      expect.objectContaining({ code: "database-gone", status: 503 }),
    ]);
    expect((await get(free(), "/healthz")).status).toBe(200);
    // What was asked meanwhile waits for it, and is answered.
    const asked = whoami(token);
    await ensurePostgres({ folder: postgres.folder });
    await until(
      "it is ready",
      async () => (await get(free(), "/readyz")).status,
      (status) => status === 200,
    );
    expect(await asked).toBe(200);
  });
});
