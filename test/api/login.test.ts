import { readFileSync, statSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../src/system/free-port.ts";
import { withMembers } from "../support/api.ts";
import { browserPath, launchBrowser } from "../support/browser.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { gantry } from "../support/gantry.ts";
import { type Json, type OpenIdProvider, startOpenIdProvider } from "../support/open-id-provider.ts";
import { type Answer, type Project, ask, makeProject, until } from "../support/platform.ts";
import { type Serving, ready, serve } from "../support/serving.ts";
import { type TlsProxy, startTlsProxy } from "../support/tls-proxy.ts";
import { type Visitor, createVisitor } from "../support/visitor.ts";

// People at a server that several use: behind TLS, on a Postgres of its own, known by a real OpenID provider.

let postgres: TestPostgres;
let database: TestDatabase;
let project: Project;
let serving: Serving;
let proxy: TlsProxy;
let issuer: OpenIdProvider;
let port: number;

const lead = "lead@shop.example";
const accounts = {
  lead: { email: lead, email_verified: true },
  "in capitals": { email: "Lead@Shop.Example", email_verified: true },
  unverified: { email: lead, email_verified: false },
  "says so as text": { email: lead, email_verified: "true" },
  nameless: {},
  "a pipeline by its address": { email: "forge:repo:acme/shop:x@shop.example", email_verified: true },
  stranger: { email: "stranger@elsewhere.example", email_verified: true },
};

beforeAll(async () => {
  [postgres, port] = await Promise.all([startPostgres(), freePort()]);
  [database, proxy] = await Promise.all([postgres.database(), startTlsProxy(port)]);
  issuer = await startOpenIdProvider(`${proxy.url}/login/callback`, { accounts });
  project = makeProject("releases");
  withMembers(project);
  const secret = path.join(project.folder, "secret");
  writeFileSync(secret, `${issuer.clientSecret}\n`, { mode: 0o600 });
  serving = serve(project, ["--listen", `127.0.0.1:${port}`, "--url", proxy.url], {
    DATABASE_URL: database.ownerUrl,
    GANTRY_LOGIN_ISSUER: issuer.issuer,
    GANTRY_LOGIN_CLIENT_ID: issuer.clientId,
    GANTRY_LOGIN_CLIENT_SECRET_FILE: secret,
    GANTRY_LOGIN_NAME: "Shop & Co",
  });
  await ready(port, `localhost:${proxy.port}`);
  await project.json("up", "held", "--speed", "60");
}, 120_000);
afterAll(async () => {
  await serving?.stop();
  await project?.remove();
  await Promise.all([proxy?.close(), issuer?.close(), postgres?.stop()]);
}, 60_000);
afterEach(() => issuer.lie({}));

const isBack = (url: string): boolean => url.startsWith(`${proxy.url}/`);
const visitor = (): Visitor => createVisitor({ ca: proxy.cert });

/** As far as the address to which the provider sends back whoever has said who they are. */
async function comesBack(who: Visitor, account: string, to = "/"): Promise<URL> {
  let page = await who.follow(`${proxy.url}/login?to=${encodeURIComponent(to)}`, isBack);
  for (const form of [{ prompt: "login", login: account, password: "any" }, { prompt: "consent" }]) {
    if (page.location !== undefined) break;
    const { location } = await who.visit(page.url, form);
    if (location === undefined) throw new Error(`the provider goes nowhere from ${page.url}`);
    page = isBack(location) ? { ...page, location } : await who.follow(location, isBack);
  }
  if (page.location === undefined) throw new Error(`the provider does not send ${account} back: ${page.text.slice(0, 300)}`);
  return new URL(page.location);
}

const logIn = async (who: Visitor, account: string, to?: string) => who.visit((await comesBack(who, account, to)).href);

async function as(
  who: Visitor,
  target: string,
  options: { method?: string; body?: string } = {},
): Promise<Answer & { json: Json }> {
  const answer = await ask(port, `localhost:${proxy.port}`, target, {
    ...options,
    headers: {
      cookie: who.cookies(proxy.url),
      origin: proxy.url,
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    },
  });
  return { ...answer, json: /json/.test(String(answer.headers["content-type"])) ? (JSON.parse(answer.text) as Json) : {} };
}

const at = "/v1/products/shop/environments/held";
const isKnown = async (who: Visitor) => (await as(who, "/v1/whoami")).status === 200;

describe("a person", () => {
  test("logs in by the issuer, comes to the page that was asked for, and may what the roles of the spec say", async () => {
    const who = visitor();
    expect((await as(who, "/v1/login")).json).toEqual({ with: { name: "Shop & Co", at: "/login" } });
    const sent = new URL((await who.visit(`${proxy.url}/login`)).location ?? "");
    expect(Object.fromEntries(sent.searchParams)).toMatchObject({
      response_type: "code",
      scope: "openid email",
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${proxy.url}/login/callback`,
    });
    const { status, location } = await logIn(who, "lead", "/#/environments/held?a=%C3%A4");
    expect([status, location]).toEqual([303, `${proxy.url}/#/environments/held?a=%C3%A4`]);
    const session = who.lastSet.find((line) => line.includes("gantry_session"));
    expect(session).toMatch(/^__Host-gantry_session_\d+=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await as(who, "/v1/whoami")).json).toMatchObject({
      name: lead,
      kind: "person",
      by: "oidc",
      owner: false,
      grants: [{ product: "shop", environment: "held", role: "developer" }],
    });
    expect((await as(who, at)).status).toBe(200);
    expect((await as(who, "/v1/products/shop/environments/prod")).status).toBe(403);
    const body = JSON.stringify({ because: "no right to it", forMs: 60_000 });
    expect((await as(who, `${at}/freezes`, { method: "POST", body })).status).toBe(403);
    // In nobody else's name either, and not as the owner of the machine.
    expect((await as(who, "/v1/tokens")).status).toBe(403);
  });

  test("whose address is written otherwise is the same one", async () => {
    const who = visitor();
    await logIn(who, "in capitals");
    expect((await as(who, "/v1/whoami")).json["name"]).toBe(lead);
  });

  test("who logs out, or whose session is over, is nobody", async () => {
    const [one, other] = [visitor(), visitor()];
    await logIn(one, "lead");
    await logIn(other, "lead");
    const kept = one.cookies(proxy.url);
    expect((await as(one, "/logout", { method: "POST" })).status).toBe(204);
    expect((await ask(port, `localhost:${proxy.port}`, "/v1/whoami", { headers: { cookie: kept } })).status).toBe(401);
    expect(await isKnown(other)).toBe(true);
    await database.asOwner("update session set expires_at = now() - interval '1 second'");
    expect(await isKnown(other)).toBe(false);
  });

  test("who logs in again leaves no session of before behind", async () => {
    const who = visitor();
    await logIn(who, "lead");
    const before = who.cookies(proxy.url);
    await logIn(who, "lead");
    expect((await ask(port, `localhost:${proxy.port}`, "/v1/whoami", { headers: { cookie: before } })).status).toBe(401);
    expect(await isKnown(who)).toBe(true);
  });

  test.each([
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "/x/..//evil.example",
    "/./\\/evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/%0d%0aSet-Cookie:x",
  ])("goes nowhere else after it: %j", async (to) => {
    const who = visitor();
    const { status, location = "" } = await logIn(who, "lead", to);
    expect([status, new URL(location).origin]).toEqual([303, proxy.url]);
    expect(who.lastSet.some((line) => line.startsWith("x"))).toBe(false);
  });
});

describe("nobody is let in", () => {
  const refused = async (who: Visitor, url: string, status: number, says: RegExp) => {
    const page = await who.visit(url);
    expect([page.status, page.text]).toEqual([status, expect.stringMatching(says)]);
    expect(await isKnown(who)).toBe(false);
    for (const secret of [issuer.clientSecret, "id_token", new URL(url).searchParams.get("code") ?? "no code"]) {
      expect(page.text).not.toContain(secret);
      expect(serving.said()).not.toContain(secret);
    }
  };

  test("who comes with an answer that was used, or that another browser was to bring", async () => {
    const [who, victim] = [visitor(), visitor()];
    const back = (await comesBack(who, "lead")).href;
    const before = issuer.redeemed();
    // A link with somebody else's answer, opened by whoever has begun no login, or one of their own.
    await refused(victim, back, 400, /not begun in this browser/);
    await victim.visit(`${proxy.url}/login`);
    await refused(victim, back, 400, /not begun in this browser/);
    expect(issuer.redeemed()).toBe(before);
    expect((await who.visit(back)).status).toBe(303);
    await as(who, "/logout", { method: "POST" });
    await refused(createVisitor({ ca: proxy.cert }), back, 400, /not begun in this browser/);
    await refused(who, back, 400, /not begun in this browser/);
    expect(issuer.redeemed()).toBe(before + 1);
  });

  test("who takes longer than a login may", async () => {
    const who = visitor();
    const back = (await comesBack(who, "lead")).href;
    await database.asOwner("update session set expires_at = now() - interval '1 second' where is_link");
    await refused(who, back, 400, /longer than ten minutes/);
  });

  test("who brings a code of another login: the issuer wants the verifier that it was begun with", async () => {
    const [attacker, who] = [visitor(), visitor()];
    const stolen = (await comesBack(attacker, "lead")).searchParams.get("code") ?? "";
    const mine = await comesBack(who, "lead");
    mine.searchParams.set("code", stolen);
    await refused(who, mine.href, 502, /did not come to its end/);
  });

  test("who comes from another issuer than the one that was asked, or from one that does not say", async () => {
    for (const iss of ["https://evil.example", undefined]) {
      const who = visitor();
      const back = await comesBack(who, "lead");
      const before = issuer.redeemed();
      if (iss === undefined) back.searchParams.delete("iss");
      else back.searchParams.set("iss", iss);
      await refused(who, back.href, 403, /does not prove who you are/);
      // The code was given to nobody.
      expect(issuer.redeemed()).toBe(before);
    }
  });

  test("who breaks it off there; what comes with that is not repeated", async () => {
    const who = visitor();
    const { url } = await who.follow(`${proxy.url}/login`, isBack);
    const { location = "" } = await who.follow(`${url}/abort`, isBack);
    const back = new URL(location);
    expect(back.searchParams.get("error")).toBe("access_denied");
    back.searchParams.set("error_description", "call this number");
    const page = await who.visit(back.href);
    expect([page.status, page.text]).toEqual([403, expect.stringContaining("Log in with Shop &amp; Co")]);
    expect(page.text).not.toContain("call this number");
    expect(await isKnown(who)).toBe(false);
  });

  const nowS = () => Math.floor(Date.now() / 1_000);
  const lies: readonly (readonly [string, Parameters<OpenIdProvider["lie"]>[0]])[] = [
    ["for another login", { idToken: (claims) => ({ ...claims, nonce: "another" }) }],
    ["for no login", { idToken: (claims) => ({ ...claims, nonce: undefined }) }],
    ["for somebody else", { idToken: (claims) => ({ ...claims, aud: "another-client" }) }],
    ["for several, and not said for whom", { idToken: (claims) => ({ ...claims, aud: [claims["aud"], "another-client"] }) }],
    ["for several, and for another of them", { idToken: (claims) => ({ ...claims, aud: [claims["aud"], "x"], azp: "x" }) }],
    ["of another issuer", { idToken: (claims) => ({ ...claims, iss: "https://evil.example" }) }],
    ["that is over", { idToken: (claims) => ({ ...claims, iat: nowS() - 900, exp: nowS() - 300 }) }],
    ["that has not begun", { idToken: (claims) => ({ ...claims, iat: nowS() + 600, exp: nowS() + 900 }) }],
    ["signed by somebody else", { strangeKey: true }],
    ["and is told about another", { userInfo: (claims) => ({ ...claims, sub: "somebody else" }) }],
  ];
  test.each(lies)("who brings an id token %s", async (_, lie) => {
    const who = visitor();
    const back = (await comesBack(who, "lead")).href;
    issuer.lie(lie);
    await refused(who, back, 403, /does not prove who you are/);
  });

  test.each(["unverified", "says so as text", "nameless", "a pipeline by its address"])("who is %s", async (account) => {
    const who = visitor();
    await refused(who, (await comesBack(who, account)).href, 403, /address that was verified/);
  });

  test("whom no role names", async () => {
    const who = visitor();
    await refused(who, (await comesBack(who, "stranger")).href, 403, /No role of a spec/);
  });

  test("who only looks at its head: the answer is still there for its browser", async () => {
    const who = visitor();
    const back = await comesBack(who, "lead");
    const head = await ask(port, `localhost:${proxy.port}`, `${back.pathname}${back.search}`, {
      method: "HEAD",
      headers: { cookie: who.cookies(proxy.url) },
    });
    expect(head.status).toBe(405);
    expect((await who.visit(back.href)).status).toBe(303);
  });
});

describe("the command line", () => {
  const withToken = async (input: string, env: NodeJS.ProcessEnv, ...args: string[]) =>
    gantry(args, { cwd: project.folder, input, env: { ...project.env, ...env } });

  test("keeps a token for a server behind TLS, for this user alone, and is known by it from then on", async () => {
    const ca = path.join(project.folder, "ca.pem");
    writeFileSync(ca, proxy.cert);
    const trusting = { NODE_EXTRA_CA_CERTS: ca };
    const { token, id } = await project.json<{ token: string; id: string }>(
      "token",
      "create",
      "ada",
      "--may",
      "viewer:shop/held",
    );

    // Whoever cannot prove to be the server is told nothing.
    const distrusted = await withToken(token, {}, "login", proxy.url);
    expect([distrusted.status, distrusted.err]).toEqual([5, expect.stringMatching(/SELF_SIGNED/)]);
    const wrong = await withToken(`gty_${"x".repeat(43)}`, trusting, "login", proxy.url);
    expect(wrong.status).toBe(4);
    expect((await withToken("", trusting, "whoami", "--server", proxy.url)).status).toBe(4);

    const done = await withToken(`${token}\n`, trusting, "login", proxy.url, "--json");
    expect([done.status, JSON.parse(done.out)]).toEqual([0, { ok: true, server: proxy.url, name: "ada" }]);
    const file = path.join(project.env["XDG_CONFIG_HOME"] ?? "", "gantry/servers.json");
    expect([statSync(file).mode & 0o777, JSON.parse(readFileSync(file, "utf8"))]).toEqual([0o600, { [proxy.url]: token }]);
    const who = await withToken("", trusting, "whoami", "--server", proxy.url, "--json");
    expect(JSON.parse(who.out)).toMatchObject({ ok: true, name: "ada", by: "token" });

    await project.json("token", "revoke", id);
    const after = await withToken("", trusting, "whoami", "--server", proxy.url);
    expect([after.status, after.out]).toEqual([4, ""]);
  });

  test.each([
    [{ GANTRY_LOGIN_ISSUER: "http://accounts.example.com" }, "GANTRY_LOGIN_ISSUER"],
    [{ GANTRY_LOGIN_CLIENT_ID: "" }, "both"],
    [{ GANTRY_LOGIN_CLAIM: "name" }, "GANTRY_LOGIN_CLAIM"],
    [{ GANTRY_LOGIN_CLIENT_SECRET_FILE: "/nowhere" }, "cannot be read"],
  ])("starts no server that is told %j", async (env, says) => {
    const usual = { GANTRY_LOGIN_ISSUER: "https://accounts.example.com", GANTRY_LOGIN_CLIENT_ID: "console" };
    const { status, err } = await withToken("", { ...usual, ...env }, "server");
    expect([status, err]).toEqual([2, expect.stringContaining(says)]);
  });
});

test.skipIf(browserPath === undefined)(
  "in a browser: from the console's page by the issuer's to the console, logged in, and out again",
  async () => {
    const browser = await launchBrowser();
    try {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(`${proxy.url}/#/events`);
      await page.getByRole("link", { name: "Log in with Shop & Co" }).click();
      await page.getByPlaceholder("Enter any login").fill("lead");
      await page.getByPlaceholder("and password").fill("any");
      await page.getByRole("button", { name: "Sign-in" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
      await page.locator(".connection").getByText("live").waitFor();
      expect(page.url()).toBe(`${proxy.url}/#/events`);
      expect(await page.evaluate("document.cookie")).toBe("");
      const [session, ...others] = (await context.cookies(proxy.url)).filter(({ name }) => name.includes("gantry"));
      expect([session, others]).toMatchObject([{ httpOnly: true, secure: true, sameSite: "Strict" }, []]);
      await page.getByRole("button", { name: `Log out ${lead}` }).click();
      await page.getByRole("link", { name: "Log in with Shop & Co" }).waitFor();
    } finally {
      await browser.close();
    }
  },
  60_000,
);

/** What somebody's page reads of the log as it happens. */
function following(cookie: string) {
  const gone = new AbortController();
  let [text, isOver] = ["", false];
  const headers = { host: `localhost:${proxy.port}`, cookie };
  const asked = get({ host: "127.0.0.1", port, path: "/v1/events/stream?after=0", headers, signal: gone.signal }, (response) => {
    response.setEncoding("utf8").on("data", (part: string) => (text += part));
    response.once("close", () => (isOver = true));
    response.once("error", () => {});
  });
  asked.once("error", () => {});
  return { read: () => text, isOver: () => isOver, stop: () => gone.abort() };
}

const happens = (because: string) => project.json("freeze", "begin", "--env", "held", "--for", "1h", "--because", because);

test("a page that is open reads nothing more once its person has logged out elsewhere", async () => {
  const who = visitor();
  await logIn(who, "lead");
  const open = following(who.cookies(proxy.url));
  await until("it reads", open.read, (text) => text.includes("environment.up"));
  await as(who, "/logout", { method: "POST" });
  for (let turn = 0; !open.isOver() && turn < 50; turn += 1) await happens(`turn ${turn}`);
  expect(open.isOver()).toBe(true);
}, 60_000);

test("what a role does not give any more is gone at the next question, and from what is read as it happens", async () => {
  const who = visitor();
  await logIn(who, "lead");
  expect((await as(who, at)).status).toBe(200);
  const open = following(who.cookies(proxy.url));
  await until("it reads", open.read, (text) => text.includes("environment.up"));
  const file = path.join(project.folder, "gantry.config.ts");
  writeFileSync(file, readFileSync(file, "utf8").replace(/members: \["lead@shop\.example", /, `members: [`));
  await project.json("up", "held", "--speed", "60");
  expect((await as(who, at)).status).toBe(403);
  expect((await as(who, "/v1/whoami")).json["grants"]).toEqual([]);
  expect((await logIn(visitor(), "lead")).status).toBe(403);
  const begun = performance.now();
  while (performance.now() - begun < 2_500) await happens("while it may still be known as before");
  const owner = createVisitor({ ca: proxy.cert });
  await owner.visit((await project.json<{ url: string }>("open", "--console", "--print")).url);
  const all = following(owner.cookies(proxy.url));
  await happens("not for everybody's eyes");
  await until("others read it", all.read, (text) => text.includes("not for everybody's eyes"));
  expect(open.read()).not.toContain("not for everybody's eyes");
  open.stop();
  all.stop();
}, 60_000);
