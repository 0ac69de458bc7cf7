import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createPathMatcher } from "../../lib/path-patterns.ts";
import { createRecordStore } from "../../signals/logs/record-store.ts";
import { logOfStored, spanOfStored } from "../../signals/otlp/stored.ts";
import { createMetricStore } from "../../signals/store/metric-store.ts";
import { createOtlpReceiver, type OtlpLimits, type OtlpReceiver } from "./otlp-receiver.ts";

let server: Server;
let receiver: OtlpReceiver;
let address: string;
const made = () => ({
  metrics: createMetricStore(),
  logs: createRecordStore(),
  spans: createRecordStore(),
  baggage: ["job_id", "uid"],
  excludes: (service: string, path: string) => service === "api" && createPathMatcher(["/health", "/api/progress/*"])(path),
});
let sinks: ReturnType<typeof made>;

async function listen(limits: Partial<OtlpLimits> = {}): Promise<void> {
  sinks = made();
  receiver = createOtlpReceiver({
    sinksOf: (environment) => (environment === "local" ? sinks : undefined),
    now: () => Date.now(),
    limits,
  });
  server = createServer(receiver.listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp/local`;
}

beforeEach(async () => listen());
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** As OpenTelemetry numbers how bad it is. */
const error = 17;

const resource = resourceFromAttributes({
  "service.name": "api",
  "service.version": "1.2.3",
  "gantry.revision": "api-1a2b3c4d",
  "service.instance.id": "r1",
});
const spansOf = (traceId: string) => sinks.spans.search({ traceId }).map(spanOfStored);

describe("the official exporters", () => {
  test.each([
    ["protobuf", "none", OTLPTraceExporter],
    ["protobuf", "gzip", OTLPTraceExporter],
    ["JSON", "none", JsonTraceExporter],
    ["JSON", "gzip", JsonTraceExporter],
  ])("spans by %s, compression %s: found by their trace, with all that they said", async (_, compression, Exporter) => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", compression);
    const exporter = new Exporter({ url: `${address}/v1/traces` });
    const provider = new BasicTracerProvider({
      resource,
      sampler: new AlwaysOnSampler(),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    });
    const span = provider.getTracer("test").startSpan("POST /extract", {
      kind: SpanKind.SERVER,
      attributes: { "http.response.status_code": 500, uid: "u-1", ok: false, share: 0.25, "big.list": ["a", "b"] },
      startTime: [1_700_000_000, 123_000_000],
    });
    span.addEvent("retry", { attempt: 2 }, [1_700_000_000, 200_000_000]);
    span.setStatus({ code: SpanStatusCode.ERROR, message: "it broke" });
    span.end([1_700_000_001, 623_000_000]);
    const { traceId, spanId, traceFlags } = span.spanContext();
    expect(traceFlags).toBe(TraceFlags.SAMPLED);
    await provider.forceFlush();
    expect(spansOf(traceId)).toEqual([
      {
        traceId,
        spanId,
        parentId: "",
        service: "api",
        revision: "api-1a2b3c4d",
        replica: "r1",
        name: "POST /extract",
        kind: "server",
        startMs: expect.closeTo(1_700_000_000_123, 3),
        durationMs: 1_500,
        failed: true,
        message: "it broke",
        attributes: { "http.response.status_code": 500, uid: "u-1", ok: false, share: 0.25, "big.list": '["a","b"]' },
        events: [{ name: "retry", timeMs: expect.closeTo(1_700_000_000_200, 3), attributes: { attempt: 2 } }],
      },
    ]);
    await provider.shutdown();
    expect(receiver.view()).toMatchObject({ refused: 0, taken: { traces: 1 }, rejected: { traces: 0 } });
  });

  test("lines of a log: found by trace, level, text and baggage", async () => {
    const provider = new LoggerProvider({
      resource,
      processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${address}/v1/logs` }) })],
    });
    const logger = provider.getLogger("test");
    logger.emit({
      body: 'cannot read "page 7"',
      severityNumber: error,
      timestamp: 1_700_000_000_000,
      attributes: { job_id: "j-7" },
    });
    logger.emit({ body: { inner: ["a", 1, true] }, severityText: "Debug", timestamp: 1_700_000_001_000 });
    await provider.forceFlush();
    await provider.shutdown();
    const all = sinks.logs.search({}).map(logOfStored);
    expect(all).toMatchObject([
      { level: "error", body: 'cannot read "page 7"', service: "api", attributes: { job_id: "j-7" }, timeMs: 1_700_000_000_000 },
      { level: "debug", body: '{"inner":["a",1,true]}' },
    ]);
    expect(sinks.logs.search({ text: 'read "page' })).toHaveLength(1);
    expect(sinks.logs.search({ text: "j-7" })).toHaveLength(1);
    expect(sinks.logs.search({ level: 3 })).toHaveLength(1);
  });

  test.each([
    ["as they are in all", "cumulative"],
    ["as increases", "delta"],
  ])("metrics told %s become the series that Prometheus would have", async (_, temporality) => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", temporality);
    const exporter = new OTLPMetricExporter({ url: `${address}/v1/metrics` });
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({
      resource,
      readers: [reader],
      views: [
        {
          instrumentName: "job.duration",
          aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [0.5, 2] } },
        },
      ],
    });
    const meter = provider.getMeter("test");
    const jobs = meter.createCounter("jobs.done", { unit: "{job}" });
    const depth = meter.createUpDownCounter("queue.depth");
    const memory = meter.createObservableGauge("memory.used", { unit: "By" });
    memory.addCallback((result) => result.observe(4_096, { "pool.name": "heap" }));
    const duration = meter.createHistogram("job.duration", { unit: "s" });
    jobs.add(3, { queue: "a" });
    depth.add(5);
    duration.record(0.3);
    duration.record(1);
    await provider.forceFlush();
    jobs.add(2, { queue: "a" });
    depth.add(-2);
    duration.record(9);
    // A second point of the same millisecond would be none.
    const last = Date.now();
    await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(last);
    await provider.forceFlush();
    await provider.shutdown();
    const values = (name: string, labels: Record<string, string> = {}) =>
      sinks.metrics
        .select(
          Object.entries({ __name__: name, service: "api", revision: "api-1a2b3c4d", replica: "r1", ...labels }).map(
            ([key, value]) => ({ name: key, op: "=" as const, value }),
          ),
          0,
          2 ** 43,
        )
        .map(({ values: all, from, to }) => [...new Set(all.subarray(from, to))]);
    expect(values("jobs_done_total", { queue: "a" })).toEqual([[3, 5]]);
    expect(values("queue_depth")).toEqual([[5, 3]]);
    expect(values("memory_used_bytes", { pool_name: "heap" })).toEqual([[4_096]]);
    expect(values("job_duration_seconds_bucket", { le: "0.5" })).toEqual([[1]]);
    expect(values("job_duration_seconds_bucket", { le: "2" })).toEqual([[2]]);
    expect(values("job_duration_seconds_bucket", { le: "+Inf" })).toEqual([[2, 3]]);
    expect(values("job_duration_seconds_count")).toEqual([[2, 3]]);
    expect(values("job_duration_seconds_sum")).toEqual([[1.3, 10.3]]);
    expect(receiver.view()).toMatchObject({ refused: 0, rejected: { metrics: 0 } });
  });
});

type Answer = { readonly status: number; readonly body: Buffer; readonly headers: NodeJS.Dict<string | string[]> };

function post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${address}${path}`, { method: "POST", agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), headers: response.headers }),
      );
    });
    // It may be answered, and closed, before everything was sent.
    outgoing.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? undefined : reject(error)));
    outgoing.end(body);
  });
}

const json = { "content-type": "application/json" };
const protobuf = { "content-type": "application/x-protobuf" };
const span = (more: object) => ({
  traceId: "a".repeat(32),
  spanId: "b".repeat(16),
  startTimeUnixNano: "1700000000000000000",
  ...more,
});
const spans = (...list: object[]) =>
  JSON.stringify({
    resourceSpans: [
      { resource: { attributes: [{ key: "service.name", value: { stringValue: "api" } }] }, scopeSpans: [{ spans: list }] },
    ],
  });

describe("what is taken in part", () => {
  test("is said, with how many were not and why, as JSON", async () => {
    const { status, body } = await post("/v1/traces", spans(span({ name: "good" }), span({ traceId: "no id" })), json);
    expect(status).toBe(200);
    expect(JSON.parse(body.toString())).toEqual({
      partialSuccess: { rejectedSpans: "1", errorMessage: "a span has a trace id, a span id and a beginning" },
    });
    expect(spansOf("a".repeat(32))).toHaveLength(1);
  });

  test("is said in protobuf to who sent protobuf: an exponential histogram", async () => {
    // resource_metrics { scope_metrics { metrics { name: "h", exponential_histogram { data_points {} data_points {} } } } }
    const bytes = Uint8Array.from([0x0a, 0x0d, 0x12, 0x0b, 0x12, 0x09, 0x0a, 0x01, 0x68, 0x52, 0x04, 0x0a, 0x00, 0x0a, 0x00]);
    const { status, body, headers } = await post("/v1/metrics", bytes, protobuf);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/x-protobuf");
    expect([...body.subarray(0, 6)]).toEqual([0x0a, body.length - 2, 0x08, 2, 0x12, body.length - 6]);
    expect(body.subarray(6).toString()).toBe("histograms need explicit bounds here");
  });

  test("nothing rejected is an empty answer", async () => {
    expect((await post("/v1/traces", spans(), json)).body.toString()).toBe("{}");
    expect((await post("/v1/logs", new Uint8Array(0), protobuf)).body).toHaveLength(0);
  });
});

describe("what the spec says of it", () => {
  test("health checks and progress polls are left out and counted, unless they fail", async () => {
    const path = (value: string, status = 200) => [
      { key: "url.path", value: { stringValue: value } },
      { key: "http.response.status_code", value: { intValue: String(status) } },
    ];
    const list = [
      span({ attributes: path("/health") }),
      span({ attributes: path("/api/progress/7?x=1") }),
      span({ attributes: path("/api/progress/7", 503) }),
      span({ attributes: path("/api/jobs") }),
    ];
    await post("/v1/traces", spans(...list), json);
    expect(spansOf("a".repeat(32))).toHaveLength(2);
    expect(receiver.view()).toMatchObject({ taken: { traces: 4 }, excluded: { traces: 2 } });
  });

  test("baggage stays whatever else a span has", async () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ key: `k${n}`, value: { stringValue: "v" } }));
    await post("/v1/traces", spans(span({ attributes: [...many, { key: "job_id", value: { stringValue: "j-1" } }] })), json);
    const [found] = spansOf("a".repeat(32));
    expect(found?.attributes["job_id"]).toBe("j-1");
    expect(Object.keys(found?.attributes ?? {})).toHaveLength(64);
  });
});

describe("hostile requests", () => {
  const deep = (levels: number): Uint8Array => {
    // An array within an array within an array, as an attribute of a resource.
    let value: number[] = [];
    for (let level = 0; level < levels; level++) {
      const inner = [0x0a, ...length(value), ...value];
      value = [0x2a, ...length(inner), ...inner];
    }
    const attribute = [0x12, ...length(value), ...value];
    const resourceBytes = [0x0a, ...length(attribute), ...attribute];
    const resourceSpans = [0x0a, ...length(resourceBytes), ...resourceBytes];
    return Uint8Array.from([0x0a, ...length(resourceSpans), ...resourceSpans]);
  };
  const length = (bytes: readonly number[]): number[] => {
    const found: number[] = [];
    for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) return [...found, rest];
      found.push((rest % 128) + 128);
    }
  };

  test.each([
    ["cut off", "/v1/traces", Uint8Array.from([0x0a, 0x7f, 1]), protobuf, 400, /cut off/],
    ["a length beyond everything", "/v1/traces", Uint8Array.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]), protobuf, 400, /cut off/],
    ["a number without an end", "/v1/traces", new Uint8Array(100).fill(0xff), protobuf, 400, /a number has no end/],
    ["groups", "/v1/traces", Uint8Array.from([0x7b]), protobuf, 400, /of a kind that nobody writes/],
    ["a field of another kind", "/v1/traces", Uint8Array.from([0x08, 1]), protobuf, 400, /of another kind/],
    ["nested without an end", "/v1/traces", deep(60), protobuf, 400, /more than 32 deep/],
    ["no JSON", "/v1/logs", "{", json, 400, /no JSON/],
    ["a JSON list", "/v1/logs", "[]", json, 400, /no JSON object/],
    ["nested JSON", "/v1/logs", "[".repeat(200_000), json, 400, /no JSON/],
    ["another type", "/v1/logs", "x", { "content-type": "text/plain" }, 415, /application\/x-protobuf or application\/json/],
    ["another packing", "/v1/logs", "x", { ...json, "content-encoding": "br" }, 415, /br/],
    [
      "a broken gzip",
      "/v1/logs",
      gzipSync("{}").subarray(0, 12),
      { ...json, "content-encoding": "gzip" },
      400,
      /not packed as gzip/,
    ],
    ["too many bytes", "/v1/logs", Buffer.alloc(9 << 20), json, 413, /more than 8388608 bytes/],
    ["another path", "/v1/profiles", "{}", json, 404, /nothing at this path/],
    ["another environment", "/../other/v1/logs", "{}", json, 404, /no such environment/],
  ])("%s: refused with the reason", async (_, path, body, headers, status, reason) => {
    const answered = await post(path, body, headers);
    expect(answered.body.toString()).toMatch(reason);
    expect(answered.status).toBe(status);
    expect(receiver.view()).toMatchObject({ refused: 1 });
  });

  test("a small gzip that would be gigabytes costs no more than what is allowed", async () => {
    const bomb = gzipSync(Buffer.alloc(200 << 20));
    expect(bomb.length).toBeLessThan(1 << 20);
    const { status, body } = await post("/v1/traces", bomb, { ...protobuf, "content-encoding": "gzip" });
    expect(status).toBe(413);
    expect(body.toString()).toMatch(/unpacked it has more than 33554432 bytes/);
  });

  test("one that drips is refused after its time, and too many at once are sent away", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await listen({ timeoutMs: 300, atOnce: 3 });
    const dripping = Array.from(
      { length: 3 },
      () =>
        new Promise<number>((resolve) => {
          const outgoing = httpRequest(`${address}/v1/logs`, { method: "POST", agent: false, headers: json }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          });
          outgoing.on("error", () => resolve(0));
          outgoing.write("{");
        }),
    );
    await expect.poll(() => receiver.view().requests).toBe(3);
    const { status, headers } = await post("/v1/logs", "{}", json);
    expect([status, headers["retry-after"]]).toEqual([503, "1"]);
    expect(await Promise.all(dripping)).toEqual([408, 408, 408]);
  });

  test("random bytes are refused or taken for nothing, and never a mistake of ours", async () => {
    let seed = 7;
    const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    for (let turn = 0; turn < 150; turn++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * (turn % 2 ? 256 : 32)));
      const signal = ["traces", "logs", "metrics"][turn % 3];
      const { status } = await post(`/v1/${signal}`, bytes, protobuf);
      expect([200, 400]).toContain(status);
    }
  });
});
