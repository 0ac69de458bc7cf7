import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { remoteSignals } from "../../src/control/watching/signals.ts";
import { createEvaluator } from "../../src/signals/promql/evaluator.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import type { Expr } from "../../src/signals/promql/syntax/expr.ts";
import { createSampleSource } from "../../src/signals/cases/sample-source.ts";
import { onPath } from "../support/on-path.ts";
import { type PrometheusServer, startPrometheus } from "../support/prometheus-server.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

const parsed = (text: string): Expr => {
  const found = parsePromql(text);
  if (!found.ok) throw new Error(found.problems[0]?.message);
  return found.expr;
};

describe.skipIf(!onPath("prometheus"))("expressions evaluated by a Prometheus (finds prometheus on PATH)", () => {
  let server: PrometheusServer;
  const source = createSampleSource();
  const startMs = Date.now() - 1_800_000;
  const series = ["api", "web"].map((service, at) => {
    const times = Float64Array.from({ length: 120 }, (_, index) => startMs + index * 15_000);
    const values = Float64Array.from(times, (_, index) => index * (at + 2) * 7);
    const labels = { __name__: "http_requests_total", service };
    for (const [index, ms] of times.entries()) source.append(labels, ms, values[index] ?? 0);
    return { labels, times, values };
  });
  beforeAll(async () => {
    server = await startPrometheus();
    await server.write(series);
  }, 60_000);
  afterAll(() => server.stop());

  const atMs = startMs + 1_500_500;
  const expressions = [
    "sum by (service) (rate(http_requests_total[5m]))",
    "count(http_requests_total)",
    "scalar(vector(4))",
    "1 / 0",
    '"text"',
  ];

  test("are what the engine here gives", async () => {
    const remote = await remoteSignals(server.url).evaluate(expressions.map(parsed), atMs);
    const round = createEvaluator(source, { prometheus: 2 }).round(atMs, expressions.map(parsed));
    for (const [index, text] of expressions.entries()) {
      const here = round.evaluate(parsed(text));
      const there = remote[index];
      if (there?.ok !== true) throw new Error(`${text}: ${there?.message ?? ""}`);
      if (here.kind !== "vector" || there.value.kind !== "vector")
        expect({ text, value: there.value }).toEqual({ text, value: here });
      else {
        expect(there.value.vector.map(({ labels }) => labels)).toEqual(here.vector.map(({ labels }) => labels));
        for (const [at, { value }] of here.vector.entries()) expect(there.value.vector[at]?.value).toBeCloseTo(value, 6);
      }
    }
  });

  test("also along a range", async () => {
    const matrix = await remoteSignals(server.url).range(parsed("sum(http_requests_total)"), {
      startMs: atMs - 60_000,
      endMs: atMs,
      stepMs: 15_000,
    });
    expect(matrix).toHaveLength(1);
    expect(matrix[0]?.values).toHaveLength(5);
  });

  test("what it refuses is told in its words, and keeps no other from being answered", async () => {
    const wrong = "http_requests_total * on () http_requests_total";
    const [refused, answered] = await remoteSignals(server.url).evaluate([parsed(wrong), parsed("vector(1)")], atMs);
    expect(refused).toMatchObject({ ok: false, message: expect.stringContaining("duplicate series") as string });
    expect(answered?.ok).toBe(true);
  });
});

describe("something that is no Prometheus", () => {
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  const ask = async (url: string) => (await remoteSignals(url).evaluate([parsed("up")], 0))[0];

  test("is told as such, and never with its password", async () => {
    const { host } = new URL(receiver.url);
    const answer = await ask(`http://me:hunter2@${host}`);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining("not as a Prometheus does") as string });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
    expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:hunter2").toString("base64")}`);
    expect(await ask("http://127.0.0.1:1")).toMatchObject({
      ok: false,
      message: expect.stringContaining("ECONNREFUSED") as string,
    });
    expect(() => remoteSignals("127.0.0.1:9090")).toThrow("no address of a Prometheus");
    expect(() => remoteSignals("file:///etc/passwd")).toThrow("no address of a Prometheus");
  });
});
