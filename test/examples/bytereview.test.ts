import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type TestDatabase } from "../support/examples-postgres.ts";
import { installedRedis, startRedis } from "../support/examples-redis.ts";
import { type RunningService, until } from "../support/examples-services.ts";
import { startStores, storesAreThere } from "../support/examples-stores.ts";
import { useExamples } from "../support/examples.ts";

type Progress = { state: string; done: number; pages: number; pagesDone: number; tokens: number };
const words = "Contract review deadlines penalties liability. ";

describe("ByteReview", () => {
  const examples = useExamples();
  let db: TestDatabase;
  let api: RunningService;
  let worker: RunningService;
  beforeAll(async () => {
    db = await examples.database("bytereview");
    const env = { DATABASE_URL: db.url };
    [api, worker] = await Promise.all([
      examples.start("bytereview:api", env),
      examples.start("bytereview:worker", { ...env, GANTRY_SERVICE: "worker-extract" }, ["extraction"]),
    ]);
  });
  const upload = async (at: RunningService, uid = "ada", pages = 3): Promise<{ id: string; run: string }> => {
    const text = words.repeat(Math.ceil((2_000 * pages) / words.length) - 1);
    const { status, body } = await at.ask("POST /api/documents", {
      headers: { "x-user-id": uid },
      body: { name: "a.txt", text },
    });
    expect(status).toBe(202);
    return body as { id: string; run: string };
  };
  const progress = async (run: string, at = api): Promise<Progress> =>
    (await at.ask(`GET /api/progress/${run}`)).body as Progress;

  test("a document is taken in, read by the worker page by page, and reviewed", async () => {
    const { id, run } = await upload(api);
    const seen: number[] = [];
    await until(async () => {
      const { state, done } = await progress(run);
      seen.push(done);
      return state === "done";
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const all = await progress(run);
    expect(all).toMatchObject({ done: 1, pages: 3, pagesDone: 3 });
    const found = await api.ask(`GET /api/documents/${id}`, { headers: { "x-user-id": "ada" } });
    expect(found.body).toMatchObject({ state: "reviewed", name: "a.txt" });
    const findings = found.body["findings"] as { tokens: number; summary: string }[];
    expect(findings.reduce((sum, one) => sum + one.tokens, 0)).toBe(all.tokens);
    expect(findings[0]?.summary).toContain("contract");
    const list = await api.ask("GET /api/documents", { headers: { "x-user-id": "ada" } });
    expect(list.body["documents"]).toEqual([expect.objectContaining({ id, run, state: "reviewed" })]);
  });

  test("whose document it is, sees it, and nobody else does", async () => {
    const { id } = await upload(api, "grace", 1);
    expect((await api.ask(`GET /api/documents/${id}`, { headers: { "x-user-id": "mallory" } })).status).toBe(404);
    expect((await api.ask("GET /api/documents", { headers: { "x-user-id": "mallory" } })).body).toEqual({ documents: [] });
  });

  test("progress is told as events too, until it is done", async () => {
    const { run } = await upload(api);
    const response = await fetch(`${api.url}/api/progress/${run}/events`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const told = (await response.text())
      .trim()
      .split("\n\n")
      .map((text) => JSON.parse(text.replace("data: ", "")) as Progress);
    expect(told.at(-1)).toMatchObject({ state: "done", done: 1 });
    expect(told.length).toBeGreaterThan(1);
  });

  test.each([
    ["no name", { text: "x" }, 400],
    ["a name with a slash", { name: "../x", text: "x" }, 400],
    ["an empty text", { name: "x", text: "" }, 400],
    ["a field that is not known", { name: "x", text: "x", state: "reviewed" }, 400],
  ])("%s is refused", async (_, body, status) => expect((await api.ask("POST /api/documents", { body })).status).toBe(status));

  test("a file comes as it is, up to five megabytes; a name that is none and a run that is none are refused", async () => {
    const file = (name: string, body: string) =>
      api.ask(`POST /api/documents?name=${name}`, { headers: { "content-type": "application/octet-stream" }, body });
    expect((await file("b.bin", "\u0000\u0001binary")).status).toBe(202);
    expect((await file("b.bin", "")).status).toBe(400);
    expect((await file("b.bin", "x".repeat(5 * 2 ** 20 + 1))).status).toBe(413);
    expect((await api.ask("GET /api/documents", { headers: { "x-user-id": "a b" } })).status).toBe(400);
    expect((await api.ask("GET /api/progress/1")).status).toBe(400);
    expect((await api.ask(`GET /api/progress/${crypto.randomUUID()}`)).status).toBe(404);
  });

  test("one trace leads from the request through the queue to the worker, with the fields that the document names", async () => {
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const { body } = await api.ask("POST /api/documents", {
      headers: { "x-user-id": "ada", traceparent: `00-${trace}-b7ad6b7169203331-01` },
      body: { name: "t.txt", text: "hello" },
    });
    const of = (service: RunningService) => service.lines.find((line) => line["trace_id"] === trace);
    await until(() => of(worker) !== undefined && of(api) !== undefined);
    const [asked, worked] = [of(api), of(worker)];
    expect(asked).toMatchObject({ uid: "ada", operation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(worked).toMatchObject({
      uid: "ada",
      operation_id: asked?.["operation_id"],
      service: "worker-extract",
      message: "job done",
    });
    expect(body["run"]).toBeDefined();
    for (const line of [...api.lines, ...worker.lines].filter((one) => one["status"] !== undefined))
      expect(Object.keys(line)).toEqual(expect.arrayContaining(["trace_id", "uid", "operation_id"]));
  });

  test("Vertex's refusals are counted and asked again, its tokens counted", async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => (await upload(api, `user-${index}`, index + 1)).run),
    );
    await until(async () => (await Promise.all(runs.map((run) => progress(run)))).every(({ state }) => state === "done"));
    const metrics = await worker.metrics();
    const [ok, refused] = ["200", "429"].map((code) => metrics.get(`vertex_responses_total{code="${code}"}`) ?? 0);
    expect(ok).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(0);
    const tokens = metrics.get("vertex_tokens_total") ?? 0;
    expect(tokens).toBeGreaterThan(1_000);
    expect(metrics.get('cost_usd_total{model="gemini-2.5-flash"}')).toBeCloseTo((tokens * 0.3) / 1e6, 10);
    expect(metrics.get('jobs_total{queue="extraction",outcome="failed"}')).toBe(0);
    expect(metrics.get('job_failures_total{queue="extraction"}')).toBe(0);
    expect(metrics.get('queue_depth{queue="extraction"}')).toBe(0);
    const runtime = [...metrics.keys()].filter((name) => name.startsWith("job_duration_seconds_bucket"));
    expect(runtime.length).toBeGreaterThan(5);
  });

  test("a job that fails is tried again, and set aside in the end", async () => {
    const own = await examples.database("bytereview");
    const env = { DATABASE_URL: own.url };
    const other = await examples.start("bytereview:worker", env, ["extraction"]);
    await own.asOwner(`insert into jobs (queue, body, tries) values ('extraction', '{"run": "no id"}', 3)`);
    await until(async () => (await other.metrics()).get('jobs_total{queue="extraction",outcome="failed"}') === 1);
    expect((await other.metrics()).get('jobs_total{queue="extraction",outcome="retried"}')).toBe(1);
    expect(await own.asOwner("select tries, failed_at is not null as failed from jobs")).toEqual([{ tries: 5, failed: true }]);
  });

  test("what a killed worker had begun, another finishes; workers that share a queue do each job once", async () => {
    const own = await examples.database("bytereview");
    const env = { DATABASE_URL: own.url };
    const at = await examples.start("bytereview:api", env);
    const doomed = await examples.start("bytereview:worker", env, ["extraction"]);
    const { run } = await upload(at, "ada", 20);
    await until(async () => (await progress(run, at)).pagesDone > 0);
    doomed.child.kill("SIGKILL");
    await doomed.ended;
    expect((await progress(run, at)).state).toBe("running");
    // Its lease ends; here, at once.
    await own.asOwner("update jobs set available_at = now()");
    const rest = await Promise.all(Array.from({ length: 8 }, () => upload(at, "ada", 1)));
    const both = await Promise.all([1, 2].map(() => examples.start("bytereview:worker", env, ["extraction"])));
    const runs = [run, ...rest.map((one) => one.run)];
    await until(async () => (await Promise.all(runs.map((one) => progress(one, at)))).every(({ state }) => state === "done"));
    expect(await progress(run, at)).toMatchObject({ pages: 20, pagesDone: 20 });
    const done = async () =>
      (await Promise.all(both.map((one) => one.metrics()))).map(
        (all) => all.get('jobs_total{queue="extraction",outcome="done"}') ?? 0,
      );
    await until(async () => (await done()).reduce((sum, count) => sum + count, 0) === 9);
  });

  test("asked to end, a worker finishes the job that it has", async () => {
    const own = await examples.database("bytereview");
    const env = { DATABASE_URL: own.url };
    const at = await examples.start("bytereview:api", env);
    const leaving = await examples.start("bytereview:worker", env, ["extraction"]);
    const { run } = await upload(at, "ada", 10);
    await until(async () => (await progress(run, at)).state !== "waiting");
    expect(await leaving.stop()).toBe(0);
    expect(await progress(run, at)).toMatchObject({ state: "done", pagesDone: 10 });
    expect(await own.asOwner("select * from jobs")).toEqual([]);
  });

  test("a worker of no queue does not start", async () => {
    const lost = await examples.launch("bytereview:worker", { DATABASE_URL: db.url }, ["letters"]);
    expect(await lost.ended).toBe(2);
    expect(lost.text()).toContain("it is one of extraction, imports");
  });

  test.each([
    [undefined, 0, 0],
    ["false", 0, 0],
    ["true", 40, 40],
    ["0%", 0, 0],
    ["30%", 2, 25],
    ["100%", 40, 40],
  ])("INTEGRATIONS_PHASE=%s opens to a share of the users, the same ones each time", async (flag, least, most) => {
    const env = { DATABASE_URL: db.url, ...(flag === undefined ? {} : { INTEGRATIONS_PHASE: flag }) };
    const at = await examples.start("bytereview:api", env);
    const ask = async () =>
      Promise.all(
        Array.from(
          { length: 40 },
          async (_, user) => (await at.ask("GET /api/integrations", { headers: { "x-user-id": `u${user}` } })).status,
        ),
      );
    const first = await ask();
    const open = first.filter((status) => status === 200).length;
    expect(open).toBeGreaterThanOrEqual(least);
    expect(open).toBeLessThanOrEqual(most);
    expect(await ask()).toEqual(first);
    await at.stop();
  });

  test("the sweep gives up what nobody finished, and ends", async () => {
    const own = await examples.database("bytereview");
    await own.asOwner(`insert into documents (uid, name, size_bytes, content, created_at) values
      ('ada', 'old', 1, 'x', now() - interval '2 days'), ('ada', 'new', 1, 'x', now())`);
    const job = await examples.launch("bytereview:sweep", { DATABASE_URL: own.url });
    expect(await job.ended).toBe(0);
    expect(job.lines.find(({ message }) => message === "swept")).toMatchObject({ documents: 1 });
    expect(await own.asOwner("select name, state, content is null as gone from documents order by name")).toEqual([
      { name: "new", state: "waiting", gone: false },
      { name: "old", state: "abandoned", gone: true },
    ]);
    const broken = await examples.launch("bytereview:sweep", { DATABASE_URL: "postgres://x@127.0.0.1:1/x" });
    expect(await broken.ended).toBe(1);
  });

  test("the pages show documents, escape what users wrote, and allow no script but their own", async () => {
    const pages = await examples.start("bytereview:frontend", { API_URL: api.url });
    const headers = { "x-user-id": "eve" };
    await api.ask("POST /api/documents", { headers, body: { name: "<script>alert(1)<script>", text: "x" } });
    const page = await pages.ask("GET /", { headers });
    expect(page.status).toBe(200);
    expect(page.text).toContain("&#60;script&#62;alert(1)");
    expect(page.text).not.toContain("<script>alert");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    for (const [, asset = ""] of page.text.matchAll(/(?:src|href)="(\/[\w.]+)"/g))
      expect((await pages.ask(`GET ${asset}`)).status, asset).toBe(200);
    // A browser uploads and polls by the pages' own host.
    const sent = await pages.ask("POST /api/documents?name=c.txt", {
      headers: { ...headers, "content-type": "application/octet-stream" },
      body: "hello",
    });
    expect(sent.status).toBe(202);
    const run = String(sent.body["run"]);
    await until(async () => (await pages.ask(`GET /api/progress/${run}`)).body["state"] === "done");
    expect(await (await fetch(`${pages.url}/api/progress/${run}/events`)).text()).toContain('"state":"done"');
    const document = await pages.ask(`GET /documents/${String(sent.body["id"])}`, { headers });
    expect(document.text).toContain("hello");
    expect((await pages.ask("GET /automations")).status).toBe(404);
  });

  test("without the API the pages still come, and say so", async () => {
    const pages = await examples.start("bytereview:frontend", { API_URL: "http://127.0.0.1:1" });
    expect((await pages.ask("GET /health")).status).toBe(200);
    expect(await pages.ask("GET /")).toMatchObject({
      status: 200,
      text: expect.stringContaining("does not answer just now") as string,
    });
    expect((await pages.ask("GET /api/documents")).status).toBe(502);
  });

  test("browsers may call the API from the pages, and from nowhere else", async () => {
    const at = await examples.start("bytereview:api", {
      DATABASE_URL: db.url,
      CORS_ORIGINS: "http://frontend.local.localhost:4600",
    });
    const origin = async (from: string) =>
      (await at.ask("OPTIONS /api/documents", { headers: { origin: from } })).headers.get("access-control-allow-origin");
    expect(await origin("http://frontend.local.localhost:4600")).toBe("http://frontend.local.localhost:4600");
    expect(await origin("http://evil.example")).toBeNull();
  });

  test.skipIf(!installedRedis)(
    "with a redis, jobs wait there: pushed, taken, retried, their trace with them (needs redis-server)",
    async () => {
      const redis = await startRedis(installedRedis ?? "");
      onTestFinished(redis.stop);
      const own = await examples.database("bytereview");
      const env = { DATABASE_URL: own.url, REDIS_HOST: "127.0.0.1", REDIS_PORT: redis.port };
      const at = await examples.start("bytereview:api", env);
      await until(async () => (await at.metrics()).has('queue_depth{queue="extraction"}'));
      const uploads = await Promise.all(Array.from({ length: 5 }, () => upload(at, "ada", 1)));
      expect(await own.asOwner("select * from jobs")).toEqual([]);
      expect((await at.metrics()).get('queue_depth{queue="extraction"}')).toBe(5);
      const doomed = await examples.start("bytereview:worker", env, ["extraction"]);
      await until(async () =>
        (await Promise.all(uploads.map(({ run }) => progress(run, at)))).every(({ state }) => state === "done"),
      );
      expect((await doomed.metrics()).get('queue_depth{queue="extraction"}')).toBe(0);
      const pushed = new Set(at.lines.filter((line) => line["route"] === "/api/documents").map((line) => line["trace_id"]));
      const done = doomed.lines.filter(({ message }) => message === "job done").map((line) => line["trace_id"]);
      expect(done).toHaveLength(5);
      expect(new Set(done)).toEqual(pushed);
      await redis.stop();
      expect((await at.ask("POST /api/documents", { body: { name: "x", text: "x" } })).status).toBe(503);
      expect(await doomed.stop()).toBe(0);
      expect(await at.stop()).toBe(0);
    },
  );

  test.skipIf(!storesAreThere)(
    "with the cloud's stores: files in the bucket, tokens sealed, events heard (needs the resource server)",
    async () => {
      const stores = await startStores("bytereview");
      onTestFinished(stores.stop);
      const own = await examples.database("bytereview");
      const env = {
        DATABASE_URL: own.url,
        ...stores.env,
        DOCUMENTS_BUCKET: "bytereview-files",
        EVENTS_TOPIC: "bytereview-events",
        KMS_KEY_ID: "bytereview-key",
        INTEGRATIONS_PHASE: "on",
      };
      const [at] = await Promise.all([
        examples.start("bytereview:api", env),
        examples.start("bytereview:worker", env, ["extraction"]),
        examples.start("bytereview:worker", env, ["imports"]),
      ]);
      const { run } = await upload(at);
      await until(async () => (await progress(run, at)).state === "done");
      expect(await own.asOwner("select content from documents")).toEqual([{ content: null }]);

      const headers = { "x-user-id": "ada" };
      expect((await at.ask("POST /api/integrations/drive/imports", { headers, body: { folder: "Contracts" } })).status).toBe(409);
      expect((await at.ask("POST /api/integrations/drive", { headers, body: { token: "drive-token-1" } })).status).toBe(201);
      expect(await own.asOwner("select token_sealed like '%drive-token%' as open from integrations")).toEqual([{ open: false }]);
      const { body } = await at.ask("POST /api/integrations/drive/imports", { headers, body: { folder: "Contracts" } });
      const path = `GET /api/integrations/drive/imports/${String(body["import"])}`;
      await until(async () => (await at.ask(path, { headers })).body["state"] === "done");
      const [{ count }] = (await own.asOwner(
        "select count(*)::int as count from documents where source = 'drive' and state = 'imported'",
      )) as [{ count: number }];
      expect((await at.ask(path, { headers })).body["documents"]).toBe(count);

      const heard: string[] = [];
      await until(async () => {
        const response = await fetch(`${stores.url}/v1/projects/bytereview/subscriptions/bytereview-heard:pull`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${stores.token}` },
          body: JSON.stringify({ maxMessages: 10 }),
        });
        expect(response.status).toBe(200);
        const { receivedMessages = [] } = (await response.json()) as { receivedMessages?: { message: { data: string } }[] };
        for (const { message } of receivedMessages)
          heard.push((JSON.parse(Buffer.from(message.data, "base64").toString()) as { type: string }).type);
        return heard.length >= 2;
      });
      expect(heard.toSorted()).toEqual(["document.added", "import.done"]);
    },
  );
});
