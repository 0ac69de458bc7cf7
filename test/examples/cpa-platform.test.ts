import { type Server, createServer } from "node:net";
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { query, type TestDatabase } from "../support/examples-postgres.ts";
import { type RunningService, until } from "../support/examples-services.ts";
import { startStores, storesAreThere } from "../support/examples-stores.ts";
import { useExamples } from "../support/examples.ts";

const password = "correct horse battery";
const lines = [
  { text: "Tax return", quantity: 2, unitCents: 15_000 },
  { text: "Advice", quantity: 1, unitCents: 5_000 },
];

describe("the CPA platform", () => {
  const examples = useExamples();
  let db: TestDatabase;
  let backend: RunningService;
  const keys = { JWT_KEYS: "new-key,old-key" };
  beforeAll(async () => {
    db = await examples.database("cpa-platform");
    backend = await examples.start("cpa-platform:backend", { DATABASE_URL: db.url, ...keys });
  });
  const firm = async (at = backend): Promise<{ headers: { authorization: string }; tenantId: string; email: string }> => {
    const email = `${randomUUID()}@firm.example`;
    const made = await at.ask("POST /api/v1/firms", { body: { firm: "Miller & <Sons>", email, password } });
    expect(made.status).toBe(201);
    const { body } = await at.ask("POST /api/v1/sessions", { body: { email, password } });
    return { headers: { authorization: `Bearer ${String(body["token"])}` }, tenantId: String(made.body["tenantId"]), email };
  };
  const draft = async (headers: Record<string, string>, client = "Acme"): Promise<string> => {
    const { status, body } = await backend.ask("POST /api/v1/invoices", { headers, body: { client, lines } });
    expect(status).toBe(201);
    return String(body["id"]);
  };

  test("is alive and ready", async () => {
    expect((await backend.ask("GET /api/v1/health")).status).toBe(200);
    expect((await backend.ask("GET /api/v1/health/ready")).status).toBe(200);
  });

  test("who signs in wrongly is counted, and learns nothing of who is there", async () => {
    const { email } = await firm();
    const before = (await backend.metrics()).get("failed_logins_total") ?? -1;
    const wrong = await backend.ask("POST /api/v1/sessions", { body: { email, password: "wrong password" } });
    const nobody = await backend.ask("POST /api/v1/sessions", { body: { email: "no@body.example", password } });
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(wrong.text).toBe(nobody.text);
    expect((await backend.metrics()).get("failed_logins_total")).toBe(before + 2);
    expect(backend.text()).not.toContain(password);
  });

  test("sessions are signed: changed, unsigned, by another key or none, they are refused; an older key still counts", async () => {
    const { headers } = await firm();
    const [head = "", body = "", signature = ""] = headers.authorization.slice(7).split(".");
    const none = Buffer.from('{"alg":"none"}').toString("base64url");
    const forged = Buffer.from(body, "base64url")
      .toString()
      .replace(/"tenant_id":"[^"]+"/, `"tenant_id":"${randomUUID()}"`);
    for (const token of [
      "",
      `${head}.${body}.`,
      `${none}.${body}.`,
      `${head}.${Buffer.from(forged).toString("base64url")}.${signature}`,
    ])
      expect((await backend.ask("GET /api/v1/firm", { headers: { authorization: `Bearer ${token}` } })).status, token).toBe(401);
    const rotated = await examples.start("cpa-platform:backend", { DATABASE_URL: db.url, JWT_KEYS: "newest-key,new-key" });
    expect((await rotated.ask("GET /api/v1/firm", { headers })).status).toBe(200);
    const other = await examples.start("cpa-platform:backend", { DATABASE_URL: db.url, JWT_KEYS: "other" });
    expect((await other.ask("GET /api/v1/firm", { headers })).status).toBe(401);
  });

  test("an email signs in at one firm only", async () => {
    const { email } = await firm();
    const again = await backend.ask("POST /api/v1/firms", { body: { firm: "Other", email, password } });
    expect(again).toMatchObject({ status: 409, body: { error: { code: "exists" } } });
    expect((await backend.ask("POST /api/v1/firms", { body: { firm: "x", email: "no email", password: "short" } })).status).toBe(
      400,
    );
  });

  test("row-level security keeps firms apart, whatever a query says", async () => {
    const [one, two] = [await firm(), await firm()];
    const id = await draft(one.headers);
    expect((await backend.ask(`GET /api/v1/invoices/${id}`, { headers: one.headers })).body).toMatchObject({
      totalCents: 35_000,
      lines,
    });
    expect((await backend.ask(`GET /api/v1/invoices/${id}`, { headers: two.headers })).status).toBe(404);
    expect((await backend.ask(`POST /api/v1/invoices/${id}/send`, { headers: two.headers })).status).toBe(404);
    expect((await backend.ask("GET /api/v1/invoices", { headers: two.headers })).body).toEqual({ invoices: [] });
    // As the service connects: nothing without a firm, one firm's rows with it, and no row for another.
    expect(await query(db.url, "select count(*)::int as n from invoices")).toEqual([{ n: 0 }]);
    const as = (sql: string) => query(db.url, `select set_config('app.tenant_id', '${two.tenantId}', true); ${sql}`);
    await expect(as(`insert into invoices (tenant_id, client, total_cents) values ('${one.tenantId}', 'x', 1)`)).rejects.toThrow(
      "row-level security",
    );
    expect(await query(db.ownerUrl, "select count(*)::int > 0 as all from invoices")).toEqual([{ all: true }]);
    expect((await backend.metrics()).get("rls_violations_total")).toBe(0);
    expect((await backend.metrics()).get("active_tenants")).toBeGreaterThanOrEqual(2);
  });

  test("invoices are sent by the worker, numbered without gaps within a firm, once, in the trace of who asked", async () => {
    const own = await firm();
    const other = await firm();
    const ids = await Promise.all(Array.from({ length: 6 }, () => draft(own.headers)));
    const theirs = await draft(other.headers);
    const trace = randomUUID().replaceAll("-", "");
    const send = (id: string, { headers } = own) =>
      backend.ask(`POST /api/v1/invoices/${id}/send`, {
        headers: { ...headers, traceparent: `00-${trace}-00f067aa0ba902b7-01` },
      });
    expect((await Promise.all([...ids, ...ids].map((id) => send(id)))).map(({ status }) => status)).toEqual(Array(12).fill(202));
    await send(theirs, other);
    const env = { DATABASE_URL: db.url, ...keys };
    const workers = await Promise.all([1, 2].map(() => examples.start("cpa-platform:temporal-worker", env)));
    const sent = async ({ headers } = own) =>
      ((await backend.ask("GET /api/v1/invoices", { headers })).body["invoices"] as { state: string; number: number }[]).filter(
        ({ state }) => state === "sent",
      );
    await until(async () => (await sent()).length === 6 && (await sent(other)).length === 1);
    expect((await sent()).map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await sent(other)).map(({ number }) => number)).toEqual([1]);
    expect((await send(ids[0] ?? "")).status).toBe(409);
    const steps = workers.flatMap((one) => one.lines.filter(({ message }) => message === "step done"));
    expect(steps).toHaveLength(14);
    expect(new Set(steps.map((line) => line["trace_id"]))).toEqual(new Set([trace]));
    expect(new Set(steps.map((line) => line["tenant_id"]))).toEqual(new Set([own.tenantId, other.tenantId]));
    expect((await workers[0]?.metrics())?.get('queue_depth{queue="temporal"}')).toBe(0);
    for (const one of workers) expect(await one.stop()).toBe(0);
  });

  test("a workflow that keeps failing is given up and counted", async () => {
    const own = await examples.database("cpa-platform");
    const id = randomUUID();
    await own.asOwner(`insert into firms values ('${id}', 'x'); insert into workflows (tenant_id, kind, subject, step, tries)
      values ('${id}', 'scan document', '${id}', 0, 5)`);
    // A scanner that is not there at all.
    const worker = await examples.start("cpa-platform:temporal-worker", {
      DATABASE_URL: own.url,
      CLAMAV_HOST: "127.0.0.1",
      CLAMAV_PORT: "1",
    });
    await until(async () => (await worker.metrics()).get('queue_dead_letters{queue="temporal"}') === 1);
    expect(await own.asOwner("select state, tries from workflows")).toEqual([{ state: "dead", tries: 6 }]);
    expect((await worker.ask("GET /health")).status).toBe(200);
  });

  test("the pages sign in and show the firm's invoices, escaped", async () => {
    const pages = await examples.start("cpa-platform:frontend", { API_URL: backend.url });
    const { email, headers } = await firm();
    await draft(headers, '<img src="x">');
    expect((await pages.ask("GET /")).text).toContain("Sign in");
    const form = (secret: string) =>
      pages.ask("POST /session", {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ email, password: secret }).toString(),
      });
    expect(await form("wrong password")).toMatchObject({ status: 401, text: expect.stringContaining("is wrong") as string });
    const signedIn = await form(password);
    expect(signedIn.status).toBe(303);
    const cookie = signedIn.headers.get("set-cookie") ?? "";
    expect(cookie).toContain("HttpOnly");
    const home = await pages.ask("GET /", { headers: { cookie: cookie.split(";")[0] ?? "" } });
    expect(home.text).toContain("Miller &#38; &#60;Sons&#62;");
    expect(home.text).toContain("350.00");
    expect(home.text).not.toContain("<img");
    const alone = await examples.start("cpa-platform:frontend", { API_URL: "http://127.0.0.1:1" });
    expect((await alone.ask("GET /")).status).toBe(200);
  });

  test("without a bucket and a key documents are not taken", async () => {
    const { headers } = await firm();
    expect((await backend.ask("POST /api/v1/documents?name=a.txt", { headers, body: "x" })).status).toBe(503);
    expect((await backend.ask("GET /api/v1/documents", { headers })).body).toEqual({ documents: [] });
  });

  test.skipIf(!storesAreThere)(
    "documents are sealed for their firm, found by their words, and unscanned until there is a scanner (needs the resource server)",
    async () => {
      const stores = await startStores("cpa");
      onTestFinished(stores.stop);
      const env = { DATABASE_URL: db.url, ...keys, ...stores.env, DOCUMENTS_BUCKET: "cpa-files", TENANT_KEYS_ID: "cpa-tenants" };
      const at = await examples.start("cpa-platform:backend", env);
      const [own, other] = [await firm(at), await firm(at)];
      const add = async (name: string, body: string) =>
        (await at.ask(`POST /api/v1/documents?name=${name}`, { headers: own.headers, body })).body;
      const report = await add("report.txt", "depreciation of machines");
      const virus = await add("bad.txt", "EICAR in it");
      expect(report).toMatchObject({ name: "report.txt", state: "unscanned" });
      const find = async (wanted: string, { headers } = own) =>
        ((await at.ask(`GET /api/v1/documents?q=${wanted}`, { headers })).body["documents"] as { name: string }[]).map(
          ({ name }) => name,
        );
      expect([await find("depreciation"), await find("EPORT"), await find("%25"), await find("depreciation", other)]).toEqual([
        ["report.txt"],
        ["report.txt"],
        [],
        [],
      ]);
      const content = (id: unknown, { headers } = own) => at.ask(`GET /api/v1/documents/${String(id)}/content`, { headers });
      expect((await content(report["id"])).text).toBe("depreciation of machines");
      expect((await content(report["id"], other)).status).toBe(404);

      const clamd = await fakeClamd();
      onTestFinished(() => void clamd.close());
      const { port } = clamd.address() as { port: number };
      // It was looked at before there was a scanner, and would be again in a minute.
      await db.asOwner("update workflows set due_at = now()");
      await examples.start("cpa-platform:temporal-worker", { ...env, CLAMAV_HOST: "127.0.0.1", CLAMAV_PORT: String(port) });
      const states = async () =>
        Object.fromEntries(
          (
            (await at.ask("GET /api/v1/documents", { headers: own.headers })).body["documents"] as {
              name: string;
              state: string;
            }[]
          ).map((one) => [one.name, one.state]),
        );
      await until(async () => !Object.values(await states()).includes("unscanned"));
      expect(await states()).toEqual({ "report.txt": "clean", "bad.txt": "infected" });
      expect((await content(virus["id"])).status).toBe(403);
    },
  );
});

/** Speaks clamd's INSTREAM: chunks with their length, none for the end. It finds one virus. */
async function fakeClamd(): Promise<Server> {
  const server = createServer((socket) => {
    let all = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (part: Buffer) => {
      all = Buffer.concat([all, part]);
      const start = "zINSTREAM\0".length;
      if (all.length < start + 4) return;
      const size = all.readUInt32BE(start);
      if (size > 0 && all.length < start + 8 + size) return;
      socket.end(all.includes("EICAR") ? "stream: Eicar FOUND\0" : "stream: OK\0");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
