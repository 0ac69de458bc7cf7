import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type TestDatabase } from "../support/examples-postgres.ts";
import { type RunningService, until } from "../support/examples-services.ts";
import { createOtlpReceiver } from "../../src/control/telemetry/otlp-receiver.ts";
import { createRecordStore } from "../../src/signals/logs/record-store.ts";
import { createMetricStore } from "../../src/signals/store/metric-store.ts";
import { startStores, storesAreThere } from "../support/examples-stores.ts";
import { useExamples } from "../support/examples.ts";

describe("AI governance", () => {
  const examples = useExamples();
  let db: TestDatabase;
  let server: RunningService;
  let proxy: RunningService;
  beforeAll(async () => {
    db = await examples.database("ai-governance");
    server = await examples.start("ai-governance:server", { DATABASE_URL: db.url });
    const client = await examples.start("ai-governance:client");
    proxy = await examples.start("ai-governance:proxy", { CLIENT_URL: client.url, SERVER_URL: server.url });
  });
  const add = async (body: object): Promise<string> => String((await server.ask("POST /api/systems", { body })).body["id"]);

  test("all of them are alive and ready", async () => {
    for (const path of ["/health/live", "/health/ready"])
      for (const service of [server, proxy]) expect((await service.ask(`GET ${path}`)).status).toBe(200);
  });

  test("the job is over before anybody asks it: it sends what it counted", async () => {
    const own = await examples.database("ai-governance");
    const at = await examples.start("ai-governance:server", { DATABASE_URL: own.url });
    await at.ask("POST /api/systems", { body: { name: "One" } });
    const metrics = createMetricStore();
    const sinks = { metrics, logs: createRecordStore(), spans: createRecordStore() };
    const otlp = createServer(createOtlpReceiver({ sinksOf: () => sinks, now: Date.now }).listener);
    await new Promise<void>((resolve) => otlp.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void otlp.close());
    const job = await examples.launch("ai-governance:worker", {
      DATABASE_URL: own.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(otlp.address() as AddressInfo).port}/otlp/prod`,
      OTEL_SERVICE_NAME: "worker",
    });
    expect(await job.ended, job.text()).toBe(0);
    const counted = (name: string) =>
      metrics
        .select([{ name: "__name__", op: "=", value: name }], 0, Date.now())
        .map(({ labels, values, from, to }) => [labels["service"], labels["framework"], [...values.subarray(from, to)]]);
    expect(counted("framework_executions_total")).toEqual([
      ["worker", "eu-ai-act", [0, 1]],
      ["worker", "iso-42001", [0, 1]],
    ]);
    expect(counted("compliance_checks_total")).toHaveLength(2);
  });

  test("the job holds every framework against every system, says what it found, and counts on from the last time", async () => {
    const own = await examples.database("ai-governance");
    const at = await examples.start("ai-governance:server", { DATABASE_URL: own.url });
    const good = {
      name: "Good",
      owner: "Ada",
      riskClass: "limited",
      stoppable: true,
      trainingData: "documented",
      impactAssessed: true,
    };
    const id = String((await at.ask("POST /api/systems", { body: good })).body["id"]);
    await at.ask("POST /api/systems", { body: { name: "Poor", stoppable: false } });
    for (const wanted of [4, 8]) {
      const job = await examples.launch("ai-governance:worker", { DATABASE_URL: own.url });
      expect(await job.ended, job.text()).toBe(0);
      const last = job.lines.find(({ message }) => message === "done");
      expect(last).toMatchObject({ executions: 4 });
      const totals = last?.["totals"] as { executions: number; checks: number }[];
      expect(totals.reduce((sum, { executions }) => sum + executions, 0)).toBe(wanted);
      expect(totals.reduce((sum, { checks }) => sum + checks, 0)).toBe((wanted / 4) * 10);
    }
    const { systems } = (await at.ask("GET /api/systems")).body as { systems: { name: string; results: object[] }[] };
    expect(systems.find(({ name }) => name === "Good")?.results).toMatchObject([
      { framework: "eu-ai-act", passed: 3, failed: 0 },
      { framework: "iso-42001", passed: 2, failed: 0 },
    ]);
    expect(systems.find(({ name }) => name === "Poor")?.results).toMatchObject([
      { passed: 0, failed: 3 },
      { passed: 0, failed: 2 },
    ]);
    const found = (await at.ask(`GET /api/systems/${id}`)).body["findings"] as { passed: boolean }[];
    expect(found).toHaveLength(5);
  });

  test("the job shows its counts while it runs, and fails when it cannot work", async () => {
    const job = await examples.launch("ai-governance:worker", { DATABASE_URL: "postgres://x@127.0.0.1:1/x" });
    expect(await job.ended).toBe(1);
    expect(job.lines.some(({ message }) => message === "the job failed")).toBe(true);
  });

  test.each([
    [{}, 400],
    [{ name: "x", riskClass: "none" }, 400],
    [{ name: "x", stoppable: "yes" }, 400],
  ])("a system %j is refused", async (body, status) =>
    expect((await server.ask("POST /api/systems", { body })).status).toBe(status),
  );

  test("a name is taken once; a system goes with all that is known of it", async () => {
    const id = await add({ name: "Twice" });
    expect((await server.ask("POST /api/systems", { body: { name: "Twice" } })).status).toBe(409);
    expect((await server.ask(`DELETE /api/systems/${id}`)).status).toBe(200);
    expect((await server.ask(`GET /api/systems/${id}`)).status).toBe(404);
    expect((await server.ask("GET /api/systems/1")).status).toBe(400);
  });

  test("through the proxy: pages from the client, the API from the server, in one trace", async () => {
    const page = await proxy.ask("GET /");
    expect(page.text).toContain("AI Governance");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    for (const asset of ["/app.js", "/style.css"]) expect((await proxy.ask(`GET ${asset}`)).status).toBe(200);
    const trace = "5bd66ef5095369c7b0d1f8f4bd33716a";
    const frameworks = await proxy.ask("GET /api/frameworks", { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    expect(JSON.parse(frameworks.text)).toMatchObject([
      { id: "eu-ai-act", checks: 3 },
      { id: "iso-42001", checks: 2 },
    ]);
    const line = (service: RunningService) => service.lines.find((one) => one["trace_id"] === trace);
    await until(() => line(proxy) !== undefined && line(server) !== undefined);
    expect(line(server)?.["parent_span_id"]).toBe(line(proxy)?.["span_id"]);
    expect((await proxy.ask("POST /api/systems", { body: { name: "Through the proxy" } })).status).toBe(201);
    expect((await proxy.ask("GET /nothing")).status).toBe(404);
  });

  test("the proxy streams both ways as it comes, keeps to itself what is about a connection, and says who is behind it", async () => {
    let release: () => void = () => undefined;
    let heard = "";
    let seen: Record<string, unknown> = {};
    const echo = createServer((request, response) => {
      seen = request.headers;
      response.writeHead(200, { "content-type": "text/event-stream", "keep-alive": "timeout=99", "x-own": "1" });
      response.write("first\n");
      request.setEncoding("utf8").on("data", (part: string) => (heard += part));
      release = () => response.end("last\n");
    });
    await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      echo.closeAllConnections();
      echo.close();
    });
    const at = await examples.start("ai-governance:proxy", {
      SERVER_URL: `http://127.0.0.1:${(echo.address() as AddressInfo).port}`,
    });
    const parts = new TransformStream<Uint8Array, Uint8Array>();
    const writer = parts.writable.getWriter();
    const asked = fetch(`${at.url}/api/stream`, {
      method: "POST",
      body: parts.readable,
      // Node's own, which not every set of types knows.
      ...({ duplex: "half" } as RequestInit),
      headers: { te: "trailers" },
    });
    void writer.write(new TextEncoder().encode("one"));
    const response = await asked;
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("first\n");
    await until(() => heard === "one");
    await writer.write(new TextEncoder().encode("two"));
    await until(() => heard === "onetwo");
    await writer.close();
    release();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("last\n");
    expect(response.headers.get("x-own")).toBe("1");
    expect(response.headers.get("keep-alive")).not.toBe("timeout=99");
    expect(seen["te"]).toBeUndefined();
    expect(seen["x-forwarded-for"]).toBe("127.0.0.1");
    expect(seen["traceparent"]).toMatch(/^00-[0-9a-f]{32}-/);
  });

  test("what is not there behind the proxy is a 502, and the proxy lives", async () => {
    const at = await examples.start("ai-governance:proxy", {
      CLIENT_URL: "http://127.0.0.1:1",
      SERVER_URL: "http://127.0.0.1:1",
    });
    expect((await at.ask("GET /")).status).toBe(502);
    expect((await at.ask("GET /health/ready")).status).toBe(200);
  });

  test("without a store there is no evidence", async () => {
    const id = await add({ name: "No store" });
    expect((await server.ask(`POST /api/systems/${id}/evidence?name=a.pdf`, { body: "x" })).status).toBe(503);
    expect((await server.ask(`GET /api/systems/${id}/evidence`)).body).toEqual({ items: [] });
  });

  test.skipIf(!storesAreThere)("evidence is kept in the store and comes back as it was (needs the resource server)", async () => {
    const stores = await startStores("governance");
    onTestFinished(stores.stop);
    const at = await examples.start("ai-governance:server", {
      DATABASE_URL: db.url,
      ...stores.env,
      MINIO_URL: `${stores.url}/governance-files`,
    });
    const id = await add({ name: "With evidence" });
    const made = await at.ask(`POST /api/systems/${id}/evidence?name=audit%20(1).pdf`, { body: "signed" });
    expect(made).toMatchObject({ status: 201, body: { name: "audit (1).pdf", sizeBytes: 6 } });
    const back = await at.ask(`GET /api/systems/${id}/evidence/${String(made.body["id"])}`);
    expect([back.status, back.text]).toEqual([200, "signed"]);
    expect(back.headers.get("content-disposition")).toContain("attachment");
    expect((await at.ask(`GET /api/systems/${id}/evidence/${id}`)).status).toBe(404);
  });
});
