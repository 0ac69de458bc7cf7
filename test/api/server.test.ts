import { readFileSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPairSync, sign } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allows, type Right, type Role, roles } from "../../src/api/rights.ts";
import { type Route, methodAndPath } from "../../src/api/route.ts";
import { routes } from "../../src/api/routes.ts";
import { type Over, overNetwork, withMembers } from "../support/api.ts";
import { seeded, valueFor } from "../support/from-schema.ts";
import { askRaw, hostileHeaders } from "../support/hostile.ts";
import { type Project, makeProject, processesOf, until } from "../support/platform.ts";
import { told, writeVersion } from "../support/releases.ts";

// One platform as it is shipped, asked over the network by whoever may and whoever may not.

let project: Project;
let over: Over;
let issuer: Server;
let issuerUrl: string;
const forge = generateKeyPairSync("ec", { namedCurve: "P-256" });
const admin = { token: "" };

beforeAll(async () => {
  issuer = createServer((request, response) => {
    const keys = [{ ...forge.publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "ES256" }];
    const isKeys = request.url === "/keys";
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(isKeys ? { keys } : { issuer: issuerUrl, jwks_uri: `${issuerUrl}/keys` }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  project = makeProject("releases");
  project.env["GANTRY_OIDC_ISSUERS"] = `forge=${issuerUrl}`;
  withMembers(project);
  await project.json("up", "held", "--speed", "60");
  over = await overNetwork(project);
  admin.token = await over.token("root", ["admin:*/*"]);
}, 120_000);
afterAll(async () => {
  issuer.close();
  await project.remove();
});

const at = "/v1/products/shop/environments/held";
const table = Object.entries(routes) as [string, Route][];

/** A path of the table with something in its braces, and something in its body that does nothing. */
function asked(key: string, { product = "shop", environment = "held", release = "none" } = {}) {
  const { method, path: template } = methodAndPath(key);
  const names: Readonly<Record<string, string>> = {
    product,
    environment,
    release,
    service: "nothing",
    id: "nothing",
    name: "nothing",
    trace: "0",
  };
  const target = template.replace(/\{(\w+)\}/g, (_, name: string) => names[name] ?? "x");
  return {
    method,
    target: key.includes("/query") ? `${target}?expr=up` : target,
    body: routeOf(key).body === undefined ? undefined : key.endsWith("/rehearsals") ? { runs: 1 } : {},
  };
}
const routeOf = (key: string): Route => (routes as Readonly<Record<string, Route>>)[key] as Route;

describe("who may do what", () => {
  const grantsOf = (role: Role) => [{ product: "shop", environment: "held", role }];
  const tokens = new Map<Role, string>();
  beforeAll(async () => {
    for (const role of roles) tokens.set(role, await over.token(role, [`${role}:shop/held`]));
  }, 60_000);
  const cases = table.filter(([, { streams }]) => streams !== true).flatMap(([key]) => roles.map((role) => [key, role] as const));

  test.each(cases)("%s as %s", async (key, role) => {
    const { right, filtered } = routeOf(key);
    const inPath = key.includes("{environment}");
    const where = inPath ? { product: "shop", environment: "held" } : {};
    const allowed = right === undefined || filtered === true || allows(grantsOf(role), right, where);
    const { method, target, body } = asked(key);
    const answer = await over.ask(method, target, { token: tokens.get(role) ?? "", body });
    expect(answer.status === 403, `${answer.status} ${answer.text}`).toBe(!allowed);
    expect(answer.status).not.toBe(401);
    if (!inPath || allowed) return;
    // Somewhere else, or where there is nothing at all: not a byte differs.
    for (const elsewhere of [{ environment: "nowhere" }, { product: "nothing" }]) {
      const other = asked(key, elsewhere);
      const same = await over.ask(other.method, other.target, { token: tokens.get(role) ?? "", body: other.body });
      expect([same.status, same.text]).toEqual([answer.status, answer.text]);
    }
  });

  test.each(table.filter(([, { right }]) => right !== undefined).map(([key]) => key))("%s as nobody", async (key) => {
    const { method, target, body } = asked(key);
    const headers = method === "GET" ? {} : { origin: `http://127.0.0.1:${over.port}` };
    // Whoever is nobody may try only so often; then they wait.
    const answer = await until(
      "it is heard",
      () => over.ask(method, target, { body, headers }),
      ({ status }) => status !== 429,
    );
    expect([answer.status, answer.json["code"]]).toEqual([401, "not-signed-in"]);
  });

  const verbs: readonly (readonly [string, Right])[] = [
    ...["promote", "promote-full", "pause", "resume", "abort", "retry", "skip", "rollback"].map(
      (verb) => [verb, "operate"] as const,
    ),
    ...["approve", "reject"].map((verb) => [verb, "approve"] as const),
  ];
  test.each(verbs.flatMap(([verb, right]) => roles.map((role) => [verb, right, role] as const)))(
    "%s wants %s, as %s",
    async (verb, right, role) => {
      const answer = await over.ask("POST", `${at}/releases/none/commands`, { token: tokens.get(role) ?? "", body: { verb } });
      expect(answer.status).toBe(allows(grantsOf(role), right, { product: "shop", environment: "held" }) ? 404 : 403);
    },
  );

  test("nobody but the owner of the machine speaks in another's name", async () => {
    const body = { because: "no", forMs: 60_000, as: "lead@shop.example" };
    expect((await over.ask("POST", `${at}/freezes`, { token: admin.token, body })).json["code"]).toBe("no-right");
  });

  test("lists leave out what may not be seen", async () => {
    const token = await over.token("elsewhere", ["viewer:shop/prod"]);
    expect((await over.ask("GET", "/v1/products", { token })).json).toEqual({ items: [] });
    expect((await over.ask("GET", "/v1/products/shop/environments", { token })).json).toEqual({ items: [] });
    expect((await over.ask("GET", "/v1/products/shop/events", { token })).json).toEqual({ items: [] });
  });
});

describe("tokens", () => {
  const whoami = async (token: string) => (await over.ask("GET", "/v1/whoami", { token })).status;

  test("a rotated one is good beside its successor for a while, a revoked one not a moment longer", async () => {
    const made = await project.json<{ id: string; token: string }>("token", "create", "turning", "--may", "viewer:shop/held");
    const next = await project.json<{ token: string }>("token", "rotate", made.id, "--grace", "1h");
    expect([await whoami(made.token), await whoami(next.token)]).toEqual([200, 200]);
    const last = await project.json<{ token: string }>("token", "rotate", made.id, "--grace", "0ms");
    expect([await whoami(made.token), await whoami(next.token), await whoami(last.token)]).toEqual([401, 401, 200]);
    const { tokens } = await project.json<{ tokens: { id: string; lastUsedAt?: string }[] }>("token", "list");
    expect(tokens.find(({ id }) => id === made.id)?.lastUsedAt).toBeDefined();
    expect(JSON.stringify(tokens)).not.toContain(last.token);
    await project.json("token", "revoke", made.id);
    expect(await whoami(last.token)).toBe(401);
    const { events } = await project.json<{ events: { kind: string; subject: string }[] }>("events", "--limit", "500");
    const kinds = events.filter(({ subject }) => subject === "turning").map(({ kind }) => kind);
    expect(kinds).toEqual(["token.created", "token.rotated", "token.rotated", "token.revoked"]);
  });
});

describe("a pipeline", () => {
  const nowS = Math.floor(Date.now() / 1_000);
  const good = { iss: "", aud: "gantry", sub: "repo:acme/shop:ref:refs/heads/main", iat: nowS, exp: nowS + 300 };
  const jwt = (claims: object, header: object = {}, key = forge.privateKey) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ alg: "ES256", kid: "one", typ: "JWT", ...header })}.${part({ ...good, iss: issuerUrl, ...claims })}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };

  test("is known by its forge's token, and may what the role of the spec gives to it", async () => {
    const { status, json } = await over.ask("GET", "/v1/whoami", { token: jwt({}) });
    expect([status, json["name"], json["by"]]).toEqual([200, `forge:${good.sub}`, "oidc"]);
    expect(json["grants"]).toEqual([{ product: "shop", environment: "held", role: "developer" }]);
  });

  test("of another repository may nothing, though it is who it says", async () => {
    const token = jwt({ sub: "repo:acme/shopping:ref:refs/heads/main" });
    expect((await over.ask("GET", "/v1/whoami", { token })).json["grants"]).toEqual([]);
    expect((await over.ask("GET", at, { token })).status).toBe(403);
  });

  const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  test.each([
    ["for somebody else", () => jwt({ aud: "sts.amazonaws.com" })],
    ["that is over", () => jwt({ iat: nowS - 600, exp: nowS - 300 })],
    ["of another issuer", () => jwt({ iss: "https://forge.example.com" })],
    ["signed by somebody else", () => jwt({}, {}, stranger)],
    ["signed by nobody", () => `${jwt({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.`],
    ["of an algorithm that is none of ours", () => jwt({}, { alg: "HS256" })],
    ["with a key of its own in its head", () => jwt({}, { kid: "two", jwk: forge.publicKey.export({ format: "jwk" }) })],
  ])("with a token %s is nobody", async (_, token) => {
    expect((await over.ask("GET", "/v1/whoami", { token: token() })).status).toBe(401);
  });
});

describe("a browser", () => {
  const link = async () => (await project.json<{ url: string }>("open", "--console")).url;

  test("comes in by a link that is good once; looking at its head uses nothing up", async () => {
    const { pathname, hostname } = new URL(await link());
    expect(hostname).toBe("gantry.localhost");
    const host = `gantry.localhost:${over.port}`;
    expect((await over.ask("HEAD", pathname, { host })).status).toBe(405);
    const [first, second] = [await over.ask("GET", pathname, { host }), await over.ask("GET", pathname, { host })];
    expect([first.status, second.status]).toEqual([303, 410]);
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await over.ask("GET", "/v1/whoami", { host, headers })).json["owner"]).toBe(true);

    const body = { because: "the auditors", forMs: 60_000, stops: ["infrastructure"] };
    const from = async (more: Record<string, string>) =>
      (await over.ask("POST", `${at}/freezes`, { host, headers: { ...headers, ...more }, body })).status;
    expect(await from({})).toBe(403);
    expect(await from({ origin: "http://evil.example" })).toBe(403);
    expect(await from({ origin: `http://held.localhost:${over.port}`, "sec-fetch-site": "same-site" })).toBe(403);
    expect(await from({ origin: `http://${host}`, "sec-fetch-site": "same-origin" })).toBe(200);

    expect((await over.ask("POST", "/logout", { host, headers: { ...headers, origin: `http://${host}` } })).status).toBe(204);
    expect((await over.ask("GET", "/v1/whoami", { host, headers })).status).toBe(401);
  });

  test("is answered under no other name", async () => {
    for (const host of ["evil.example", `evil.example:${over.port}`, "127.0.0.1", `127.0.0.1.evil.example:${over.port}`])
      expect((await over.ask("GET", "/v1/products", { token: admin.token, host })).status).toBe(421);
  });

  test("gets pages that run no script but their own, and no answer says more than it has to", async () => {
    const page = await over.ask("GET", "/");
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'/);
    expect(page.headers["content-security-policy"]).not.toMatch(/unsafe/);
    const spec = await over.ask("GET", `${at}/spec`, { token: admin.token });
    expect([spec.status, spec.headers["x-content-type-options"], spec.headers["cache-control"]]).toEqual([
      200,
      "nosniff",
      "no-store",
    ]);
  });
});

describe("limits", () => {
  test("a body that is too large, of another kind, or no JSON is refused", async () => {
    const { token } = admin;
    const large = await over.ask("POST", `${at}/freezes`, { token, body: JSON.stringify({ because: "x".repeat(2 ** 20) }) });
    expect(large.status).toBe(413);
    const kind = await over.ask("POST", `${at}/freezes`, { token, body: "{}", headers: { "content-type": "text/plain" } });
    expect([kind.status, kind.json["code"]]).toEqual([400, "usage"]);
    expect((await over.ask("POST", `${at}/freezes`, { token, body: "{" })).status).toBe(400);
  });
});

describe("two people", () => {
  test("who say yes and no to the same step at once: one of them is heard, and the other is told", async () => {
    writeVersion(project, "two");
    const token = await over.token("lead", ["approver:shop/held"], "lead@shop.example");
    const { release } = await told(project, "release", "api", "--to", "held");
    const target = `${at}/releases/${release.id}`;
    const waiting = async () =>
      (await over.ask("GET", target, { token })).json as {
        asks: unknown[];
        at: number;
        verbs: { verb: string }[];
        withheld: { verb: string; because: string }[];
      };
    const seen = await until("it asks", waiting, ({ asks }) => asks.length === 1);
    expect(seen.verbs.map(({ verb }) => verb)).toEqual(["approve", "reject"]);
    expect(seen.withheld).toContainEqual({
      verb: "abort",
      because: "it takes the right to operate, which operator and admin have",
    });
    const say = (verb: string) => over.ask("POST", `${target}/commands`, { token, body: { verb, step: seen.at } });
    const both = await Promise.all([say("approve"), say("reject")]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both.filter(({ json }) => json["ok"] === true)).toHaveLength(1);

    // Whoever looked before that does nothing with what was seen then.
    const stale = await over.ask("POST", `${target}/commands`, {
      token: admin.token,
      headers: { "if-match": '"1"' },
      body: { verb: "pause" },
    });
    expect([stale.status, stale.json["code"]]).toEqual([412, "changed-since"]);
    const { events } = await project.json<{ events: { actor: string; actorKnown: string }[] }>("events", "--release", release.id);
    expect(events.some((one) => one.actor === "lead@shop.example" && one.actorKnown === "token")).toBe(true);
  }, 60_000);

  test("the same thing said ten times at once with one key is done once", async () => {
    const body = { because: "only once", forMs: 60_000, stops: ["infrastructure"] };
    const headers = { "idempotency-key": "freeze-1" };
    const say = () => over.ask("POST", `${at}/freezes`, { token: admin.token, headers, body });
    const first = await Promise.all(Array.from({ length: 10 }, say));
    const again = await say();
    expect(first.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const { begun } = (await over.ask("GET", `${at}/freezes`, { token: admin.token })).json as {
      begun: { because: string; id: string }[];
    };
    const mine = begun.filter(({ because }) => because === "only once");
    expect(mine).toHaveLength(1);
    expect(again.json["id"]).toBe(mine[0]?.id);
    const other = await over.ask("POST", `${at}/freezes`, { token: admin.token, headers, body: { ...body, forMs: 1 } });
    expect([other.status, other.json["code"]]).toEqual([422, "key-used"]);
  });
});

test("whoever follows the log misses nothing, and gets nothing twice, when the server is killed in between", async () => {
  const { token } = admin;
  const reading = async (after: string, enough: (seen: readonly Seen[]) => boolean) => {
    const stop = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${over.port}/v1/events/stream`, {
      headers: { authorization: `Bearer ${token}`, "last-event-id": after },
      signal: stop.signal,
    });
    expect(answer.status).toBe(200);
    const seen: Seen[] = [];
    let text = "";
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    while (!enough(seen)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString("utf8");
      const parts = text.split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const [, id, data] = /^id: (\d+)\nevent: event\ndata: (.*)$/.exec(part) ?? [];
        if (id !== undefined && data !== undefined) seen.push({ id, data: JSON.parse(data) as Seen["data"] });
      }
    }
    stop.abort();
    return seen;
  };
  type Seen = { readonly id: string; readonly data: { readonly because?: string } };
  const freeze = (because: string) => project.json("freeze", "begin", "--env", "held", "--for", "1h", "--because", because);
  await freeze("before");
  const first = await reading("0", (seen) => seen.some(({ data }) => data.because === "before"));
  const [server] = processesOf(project.folder).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"),
  );
  if (server === undefined) throw new Error("no server runs");
  process.kill(server, "SIGKILL");
  // The next command starts it again.
  await freeze("while nobody read");
  const second = await reading(first.at(-1)?.id ?? "0", (seen) => seen.some(({ data }) => data.because === "while nobody read"));
  const because = [...first, ...second]
    .map(({ data }) => data.because)
    .filter((one) => one === "before" || one === "while nobody read");
  expect(because).toEqual(["before", "while nobody read"]);
  const ids = [...first, ...second].map(({ id }) => Number(id));
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
}, 60_000);

test("nothing that its own document allows, or nearly, makes it fail; and what it answers is what the document says", async () => {
  const document = (await over.ask("GET", "/openapi.json")).json as unknown as OpenApi;
  const all = document.components.schemas;
  const random = seeded(Number(process.env["GANTRY_FUZZ_SEED"] ?? 20_261_121));
  // What begins something that goes on would be another test.
  const dangerous = [
    "POST /v1/products/{product}/environments/{environment}/previews",
    "POST /v1/products/{product}/environments/{environment}/rehearsals",
    "GET /v1/events/stream",
  ];
  const rounds = Number(process.env["GANTRY_FUZZ_ROUNDS"] ?? 8);
  let count = 0;
  for (const [target, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const key = `${method.toUpperCase()} ${target}`;
      if (dangerous.includes(key)) continue;
      for (let round = 0; round < rounds; round += 1) {
        const given = (where: string) =>
          operation.parameters
            .filter((one) => one.in === where && (one.required || random() < 0.7))
            .map(({ name, schema }) => {
              const usual: Record<string, string> = { product: "shop", environment: "held", service: "api" };
              const value =
                where === "path" && random() < 0.7 && usual[name] !== undefined ? usual[name] : valueFor(schema, all, random);
              return [name, typeof value === "string" ? value : JSON.stringify(value)] as const;
            });
        const inPath = Object.fromEntries(given("path"));
        const filled = target.replace(/\{(\w+)\}/g, (_, name: string) => escaped(inPath[name] ?? "x"));
        const query = given("query")
          .map(([name, value]) => `${name}=${escaped(value)}`)
          .join("&");
        const schema = operation.requestBody?.content["application/json"].schema;
        const answer = await over.ask(method.toUpperCase(), `${filled}${query === "" ? "" : `?${query}`}`, {
          token: admin.token,
          ...(schema === undefined ? {} : { body: JSON.stringify(valueFor(schema, all, random)) }),
        });
        count += 1;
        const about = `${key} as ${filled}?${query}: ${answer.status} ${answer.text.slice(0, 300)}`;
        expect(answer.status, about).toBeLessThan(500);
        if (answer.status >= 400) {
          if (filled.startsWith("/v1/")) expect(answer.json["code"], about).toBeTypeOf("string");
        } else if (routeOf(key).text !== true && answer.status < 300) {
          const read = routeOf(key).answers.safeParse(answer.json);
          expect(read.success ? "" : `${about}\n${read.error.message}`).toBe("");
        }
      }
    }
  expect(count).toBeGreaterThan(250);
  expect(readFileSync(path.join(project.folder, ".gantry/logs/server.log"), "utf8")).not.toMatch(
    /TypeError|ReferenceError|syntax error/,
  );
}, 240_000);

test("no route fails over headers and paths that nobody means, nor over methods that it has not", async () => {
  const random = seeded(Number(process.env["GANTRY_FUZZ_SEED"] ?? 20_261_122));
  const seen = new Set<number>();
  const odd = ["%", "%ff", "%00", "%2e%2e%2f", "..", "%C0%AF", "a%0d%0ab", "__proto__", "x".repeat(4_000), "%F0%9F%92%A5", ""];
  const segment = () => odd[Math.floor(random() * odd.length)] ?? "";
  const asks = table.flatMap(([key]) => {
    const { method, target } = asked(key);
    const { path: template } = methodAndPath(key);
    const others = ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"].filter((one) => one !== method);
    return [
      ...[1, 2, 3].map(() => ({ method, target, headers: hostileHeaders(random) })),
      ...[1, 2].map(() => ({ method, target: template.replace(/\{\w+\}/g, segment), headers: {} })),
      ...[1, 2].map(() => ({ method: others[Math.floor(random() * others.length)] ?? "PUT", target, headers: {} })),
      {
        method,
        target: `${target}?${Array.from({ length: 5 }, () => `${segment()}=${segment()}&limit=${segment()}`).join("&")}`,
        headers: {},
      },
    ];
  });
  for (const { method, target, headers } of asks) {
    // What begins something that goes on is asked by those who may not.
    const token = method === "GET" ? admin.token : "gty_nobody";
    const lines = Object.entries({
      host: `127.0.0.1:${over.port}`,
      connection: "close",
      authorization: `Bearer ${token}`,
      ...headers,
    });
    const ends = method === "GET" ? "" : "content-length: 2\r\n";
    const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}${ends}\r\n`;
    if (target.startsWith("/v1/events/stream") && method === "GET") continue;
    const answer = await askRaw(over.port, `${head}${method === "GET" ? "" : "{}"}`);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? NaN);
    seen.add(status);
    expect(status, `${head}${answer.slice(0, 400)}`).toBeLessThan(500);
    expect(answer, head).not.toMatch(/\.[jt]s:\d+|node_modules|TypeError|select .* from/);
  }
  // It went as deep as it was meant to, and not only as far as the door.
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404]));
}, 120_000);

test("the stream of events is begun from no place that is none", async () => {
  for (const id of ["", "-1", "9".repeat(18), "9".repeat(40), "1e3", "' or 1=1", "\u00ff"]) {
    const gone = new AbortController();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { authorization: `Bearer ${admin.token}`, "last-event-id": id };
      get({ host: "127.0.0.1", port: over.port, path: "/v1/events/stream", headers, signal: gone.signal }, (response) => {
        response.once("error", () => {});
        response.once("data", () => {
          resolve(response.statusCode);
          gone.abort();
        });
      }).once("error", reject);
    });
    expect(status).toBe(200);
  }
});

test.each([
  ["no length that is one", "POST /v1/tokens HTTP/1.1\r\nContent-Length: ten\r\n\r\n"],
  ["two lengths", "POST /v1/tokens HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}"],
  ["a length and chunks", "POST /v1/tokens HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["a header without end", `GET / HTTP/1.1\r\nX: ${"x".repeat(40_000)}\r\n\r\n`],
  ["headers without number", `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(5_000)}\r\n`],
  ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ["two hosts", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
  ["an address for its path", "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
  ["a name that is none", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nbad name: x\r\n\r\n"],
  ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
])("bytes with %s are refused, and the next is answered", async (_, bytes) => {
  expect(await askRaw(over.port, bytes)).toMatch(/^(?:$|HTTP\/1\.1 4\d\d)/);
  expect((await over.ask("GET", "/healthz")).status).toBe(200);
});

type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
};
type Operation = {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Record<string, unknown>;
  }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Record<string, unknown> } } };
};

/** As it goes into an address, also where it is no text that could. */
function escaped(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "�"));
}
