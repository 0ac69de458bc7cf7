import { once } from "node:events";
import { existsSync } from "node:fs";
import { type IncomingMessage, get } from "node:http";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../src/system/free-port.ts";
import { type Over, overNetwork } from "../support/api.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";
import { serving, told, writeVersion } from "../support/releases.ts";
import { type Serving, ready, serve } from "../support/serving.ts";
import { onPath } from "../support/on-path.ts";
import { type Balancer, holderOf, roundRobin, startHaproxy } from "../support/servers.ts";
import { type Followed, followEvents } from "../support/follow-events.ts";

// Three servers of one folder on one Postgres, behind one address: whoever asks does not know which of them answers.

let postgres: TestPostgres;
let database: TestDatabase;
let project: Project;
let balancer: Balancer;
let over: Over;
type Hosted = Serving & { readonly port: number };
const servers: Hosted[] = [];
const admin = { token: "" };
const at = "/v1/products/shop/environments/held";

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.database();
  project = makeProject("releases");
  const port = await freePort();
  for (let count = 0; count < 3; count += 1) await startAnother(`http://127.0.0.1:${port}`);
  balancer = await roundRobin(port, () => servers.map((one) => one.port));
  await project.json("up", "held", "--speed", "60");
  over = await overNetwork(project);
  admin.token = await over.token("root", ["admin:*/*"]);
}, 120_000);
afterAll(async () => {
  await balancer.close();
  await Promise.all(servers.map((one) => one.stop()));
  await project.remove();
  await postgres.stop();
});

async function startAnother(url: string, at?: number): Promise<Hosted> {
  const port = at ?? (await freePort());
  const one = { port, ...serve(project, ["--listen", `127.0.0.1:${port}`, "--url", url], { DATABASE_URL: database.ownerUrl }) };
  servers.push(one);
  await ready(port, `127.0.0.1:${port}`);
  await until("one has the platform", () => existsSync(path.join(project.folder, ".gantry/locks/server/holder.json")), Boolean);
  return one;
}

/** The same asked of each by its own port. */
const ofEach = <T>(work: (port: number) => Promise<T>): Promise<T[]> => Promise.all(servers.map(({ port }) => work(port)));
const asked = (port: number, target: string, headers: Record<string, string> = {}) =>
  ask(port, `127.0.0.1:${over.port}`, target, { headers: { authorization: `Bearer ${admin.token}`, ...headers } });

describe("whichever is asked", () => {
  const reads = [
    "/v1/whoami",
    "/v1/products",
    "/v1/products/shop/environments",
    at,
    `${at}/services`,
    `${at}/services/api`,
    `${at}/revisions`,
    `${at}/alerts`,
    `${at}/slos`,
    `${at}/spec`,
    `${at}/schedules`,
    `${at}/previews`,
    `${at}/logs?limit=1&untilMs=1`,
    `${at}/query?expr=vector(1)&atMs=1000`,
    `${at}/nothing`,
    `${at}/services/nobody`,
    "/v1/products/shop/environments/nowhere/services",
    `${at}/logs?limit=many`,
  ];
  test.each(reads)("%s is answered the same", async (target) => {
    // What moves while it is asked is asked again.
    const all = await until(
      "all say the same",
      () => ofEach((port) => asked(port, target)),
      (seen) => new Set(seen.map(({ status, text }) => `${status} ${text}`)).size === 1,
    );
    expect(new Set(all.map(({ headers }) => headers["content-type"])).size).toBe(1);
    expect(all[0]?.status).toBeLessThan(500);
  });

  test("what is long comes packed from each to whoever takes it so, and says the same", async () => {
    const target = `${at}/spec`;
    const [plain] = await ofEach((port) => asked(port, target));
    const raw = async (port: number, takes: string) => {
      const headers = { host: `127.0.0.1:${over.port}`, authorization: `Bearer ${admin.token}`, "accept-encoding": takes };
      const [response] = (await once(get({ port, path: target, headers }), "response")) as [IncomingMessage];
      return { ...response.headers, body: Buffer.concat(await response.toArray()) };
    };
    for (const answer of await ofEach((port) => raw(port, "br, gzip"))) {
      expect(answer).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
      expect(gunzipSync(answer.body).toString()).toBe(plain?.text);
    }
    for (const answer of await ofEach((port) => raw(port, "gzip;q=0, br"))) {
      expect([answer["content-encoding"], answer.vary]).toEqual([undefined, "accept-encoding"]);
      expect(answer.body.toString()).toBe(plain?.text);
    }
  });

  test("a token without the right is refused by each, in the same words", async () => {
    const token = await over.token("elsewhere", ["viewer:shop/prod"]);
    const refusals = await ofEach((port) => asked(port, `${at}/logs`, { authorization: `Bearer ${token}` }));
    expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(new Set(refusals.map(({ text }) => text)).size).toBe(1);
    const nobody = await ofEach((port) => asked(port, `${at}/logs`, { authorization: "Bearer gty_no" }));
    expect(nobody.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test("what one says to another nobody can say to them, and somebody with many rights is not too much", async () => {
    const owner = {
      id: "owner",
      name: "me",
      kind: "person",
      by: "socket",
      grants: [{ product: "*", environment: "*", role: "admin" }],
      owner: true,
    };
    const said = { authorization: "Bearer gty_no", "gantry-asker": Buffer.from(JSON.stringify(owner)).toString("base64url") };
    const forged = await ofEach((port) => asked(port, `${at}/services`, said));
    expect(forged.map(({ status }) => status)).toEqual([401, 401, 401]);
    const reader = await over.token("reader", ["viewer:shop/prod"]);
    const lifted = await ofEach((port) => asked(port, `${at}/services`, { ...said, authorization: `Bearer ${reader}` }));
    expect(lifted.map(({ status }) => status)).toEqual([403, 403, 403]);

    const long = "a".repeat(60);
    const many = Array.from({ length: 49 }, (_, index) => ({
      product: `${long}${index}`,
      environment: `${long}.${long}`,
      role: "viewer",
    }));
    const grants = [{ product: "shop", environment: "held", role: "viewer" }, ...many];
    const made = await over.ask("POST", "/v1/tokens", {
      token: admin.token,
      body: { name: "many", kind: "ci", grants, lastsMs: 60_000 },
    });
    const seen = await ofEach((port) => asked(port, `${at}/services`, { authorization: `Bearer ${String(made.json["token"])}` }));
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("a session that one began is good at the others, and its link was good once", async () => {
    const { pathname } = new URL((await project.json<{ url: string }>("open", "--console")).url);
    const entered = await ofEach((port) => ask(port, `127.0.0.1:${over.port}`, pathname));
    expect(entered.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 410, 410]);
    const [set = ""] = entered.flatMap(({ headers }) => headers["set-cookie"] ?? []);
    const cookie = set.split(";")[0] ?? "";
    const known = await ofEach((port) => ask(port, `127.0.0.1:${over.port}`, `${at}/services`, { headers: { cookie } }));
    expect(known.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("what is said to all of them with one key is done once", async () => {
    const body = JSON.stringify({ because: "said thrice", forMs: 60_000, stops: ["infrastructure"] });
    const headers = { authorization: `Bearer ${admin.token}`, "idempotency-key": "thrice", "content-type": "application/json" };
    const say = (port: number) =>
      ask(port, `127.0.0.1:${over.port}`, `${at}/freezes`, {
        method: "POST",
        headers: { ...headers, "content-length": String(body.length) },
        body,
      });
    const first = await ofEach(say);
    expect(first.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    const again = await ofEach(say);
    expect(new Set(again.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const { begun } = JSON.parse((await asked(over.port, `${at}/freezes`)).text) as { begun: { because: string }[] };
    expect(begun.filter(({ because }) => because === "said thrice")).toHaveLength(1);
  });
});

describe("one that has the platform", () => {
  type Seen = {
    readonly phase: string;
    readonly at: number;
    readonly changes: readonly { readonly to: string }[];
    readonly record: readonly { readonly atMs: number }[];
  };
  let lead = "";
  beforeAll(async () => {
    lead = await over.token("lead", ["approver:shop/held"], "lead@shop.example");
  });
  const url = () => `http://127.0.0.1:${over.port}`;

  /** Begins one, and comes back when it waits for somebody. */
  const release = async (version: string): Promise<string> => {
    writeVersion(project, version);
    const { release: begun } = await told(project, "release", "api", "--to", "held");
    const target = `${at}/releases/${begun.id}`;
    await until(
      "it asks",
      () => look(target),
      ({ asks }) => asks === 1,
    );
    return target;
  };
  const look = async (target: string): Promise<Seen & { readonly asks: number }> => {
    const { json } = await over.ask("GET", target, { token: admin.token });
    const seen = json as Seen & { readonly asks: readonly unknown[] };
    return { ...seen, asks: seen.asks.length };
  };
  const approve = (target: string, step: number) => {
    const headers = { "idempotency-key": `yes to ${target.slice(-20)}`.replaceAll(/[ /]/g, "-") };
    const say = () => over.ask("POST", `${target}/commands`, { token: lead, body: { verb: "approve", step }, headers });
    return until("it is heard", say, ({ status }) => status !== 503);
  };
  const changes = (from: number) =>
    until(
      "another has it",
      () => holderOf(project),
      (pid) => pid !== from,
    );

  /** No answer is anything but what was asked for, or that nobody has the platform for a moment. */
  const askAllTheTime = (port: number) => {
    const stop = new AbortController();
    const others: unknown[] = [];
    let count = 0;
    const asking = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const seen = await asked(port, `${at}/services`).catch(() => undefined);
        // Whoever was killed over it has said nothing.
        if (seen === undefined) continue;
        count += 1;
        const isNobodys = seen.status === 503 && seen.headers["retry-after"] === "1" && seen.text.includes('"code":"no-holder"');
        if (seen.status !== 200 && !isNobodys) others.push([seen.status, seen.text]);
      }
    };
    const done = asking();
    return async () => {
      stop.abort();
      await done;
      expect(others).toEqual([]);
      expect(count).toBeGreaterThan(10);
    };
  };

  const follow = async (base: string): Promise<Followed> => {
    const followed = followEvents(base, admin.token);
    await until(
      "it follows",
      () => followed.connections(),
      (count) => count > 0,
    );
    return followed;
  };
  /** From where it came in on, it has all that is in the log, in its order and nothing twice. */
  const missedNothing = async (followed: Followed): Promise<void> => {
    const log = await database.asOwner<{ position: string }>(
      "select position from event where position is not null order by position",
    );
    const last = log.at(-1)?.position;
    await until(
      "it has read all",
      () => followed.positions().at(-1),
      (position) => position === last,
    );
    const began = BigInt(followed.positions()[0] ?? 0);
    expect(followed.positions()).toEqual(log.map(({ position }) => position).filter((one) => BigInt(one) >= began));
    followed.stop();
  };

  test("is killed in the middle of a release, twice: it ends well, and whoever follows the log misses nothing", async () => {
    // Each comes to another server.
    const followers = [await follow(url()), await follow(url()), await follow(url())];
    const target = await release("two");
    const answered = askAllTheTime(over.port);

    const first = holderOf(project);
    process.kill(first, "SIGKILL");
    const second = await changes(first);
    const seen = await until(
      "it is there",
      () => look(target),
      ({ asks }) => asks === 1,
    );
    const said = approve(target, seen.at);
    await until(
      "it goes on",
      () => look(target),
      ({ at: step }) => step > seen.at,
    );
    const killedMs = Date.now();
    process.kill(second, "SIGKILL");
    // Whoever died over it has not said what came of it; said again it is not done again.
    expect([200, 409]).toContain((await said).status);
    const done = await until(
      "it serves",
      () => look(target),
      ({ phase }) => phase === "watching",
      60_000,
    );
    expect(done.record.some(({ atMs }) => atMs > killedMs)).toBe(true);
    expect([first, second]).not.toContain(holderOf(project));
    expect(await serving(project, "held", "api")).toEqual({ [done.changes[0]?.to ?? ""]: 100 });
    await answered();

    expect(followers.filter((one) => one.connections() > 1).length).toBeGreaterThanOrEqual(2);
    for (const one of followers) {
      expect(one.kinds()).toEqual(expect.arrayContaining(["release.started", "release.approved", "release.done"]));
      await missedNothing(one);
    }
    await over.ask("POST", `${target}/commands`, { token: admin.token, body: { verb: "abort" } });
  }, 120_000);

  test("is stopped and answers nobody: it is ended, and another goes on", async () => {
    await Promise.all(
      servers.filter(({ server: { exitCode } }) => exitCode !== null).map(({ port }) => startAnother(url(), port)),
    );
    const target = await release("three");
    const stopped = holderOf(project);
    process.kill(stopped, "SIGSTOP");
    const next = await changes(stopped);
    // It does nothing any more, not even when it is woken.
    expect(() => process.kill(stopped, "SIGCONT")).toThrow("ESRCH");
    const seen = await until(
      "it is there",
      () => look(target),
      ({ asks }) => asks === 1,
    );
    await approve(target, seen.at);
    const done = await until(
      "it serves",
      () => look(target),
      ({ phase }) => phase === "watching",
      60_000,
    );
    expect(await serving(project, "held", "api")).toEqual({ [done.changes[0]?.to ?? ""]: 100 });
    expect(holderOf(project)).toBe(next);
    await over.ask("POST", `${target}/commands`, { token: admin.token, body: { verb: "abort" } });
  }, 120_000);

  test.skipIf(!onPath("haproxy"))(
    "and all others are started anew one after the other, behind haproxy: nobody notices",
    async () => {
      const running = servers.filter(({ server: { exitCode } }) => exitCode === null);
      const host = `127.0.0.1:${over.port}`;
      const haproxy = await startHaproxy(project.folder, {
        port: await freePort(),
        host,
        ports: running.map(({ port }) => port),
      });
      try {
        const followed = await follow(`http://127.0.0.1:${haproxy.port}`);
        const answered = askAllTheTime(haproxy.port);
        for (const one of running) {
          one.server.kill("SIGTERM");
          expect(await one.ended()).toBe(0);
          await startAnother(url(), one.port);
          await project.json("freeze", "begin", "--env", "held", "--for", "1h", "--because", `after ${one.port}`);
        }
        await answered();
        await missedNothing(followed);
        expect(followed.kinds().filter((kind) => kind === "freeze.begun")).toHaveLength(running.length);
        expect(followed.connections()).toBeGreaterThan(1);
      } finally {
        await haproxy.close();
      }
    },
    120_000,
  );
});
