import { describe, expect, test } from "vitest";
import { createTrafficSeries } from "../../src/control/telemetry/traffic-series.ts";
import { parseExposition } from "../../src/signals/exposition/read-exposition.ts";
import { evaluateAt } from "../../src/signals/promql/evaluator.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import type { Source } from "../../src/signals/series.ts";
import { createMetricStore } from "../../src/signals/store/metric-store.ts";
import { counter, gauge, histogram, metricsText } from "../../examples/shared/metrics.ts";
import { ask, gatewayFor, key, table, upstream } from "../support/gateway-harness.ts";

function valueOf(source: Source, text: string, atMs: number): Record<string, number> {
  const parsed = parsePromql(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems.map(({ message }) => message).join("; ")}`);
  const value = evaluateAt(parsed.expr, source, atMs);
  if (value.kind !== "vector") throw new Error(`${text} is a ${value.kind}`);
  return Object.fromEntries(value.vector.map(({ labels, value: one }) => [Object.values(labels).join(" "), one]));
}

describe("requests through a real gateway", () => {
  test("are what expressions say of them: rate, share of errors, latency, over a restart of the agent", async () => {
    const { port } = await upstream((request, response) => {
      response.writeHead(request.url === "/fails" ? 500 : 200).end();
    });
    const store = createMetricStore();
    const series = createTrafficSeries(() => store);
    const start = 1_700_000_000_000;
    let moment = 0;
    for (let agent = 0; agent < 2; agent++) {
      const { gateway } = await gatewayFor();
      await gateway.configure(table({ shares: [{ revision: "r1", weight: 100 }] }));
      gateway.setEndpoints(key("r1"), [{ id: "a", port }]);
      // Twelve looks, five seconds apart, three requests between each two; one in three fails.
      for (let look = 0; look < 12; look++) {
        if (look > 0) for (const path of ["/", "/fails", "/"]) await ask(gateway.port, { path });
        series.record({ ...gateway.traffic(), at: new Date(start + moment * 5_000).toISOString() });
        moment += 1;
      }
    }
    const now = start + (moment - 1) * 5_000;
    expect(valueOf(store, 'sum(rate(http_requests_total{service="api"}[50s]))', now)).toEqual({ "": expect.closeTo(0.6, 1) });
    const share = 'sum(rate(http_requests_total{status=~"5.."}[1m])) / sum(rate(http_requests_total[1m]))';
    expect(valueOf(store, share, now)).toEqual({ "": expect.closeTo(1 / 3, 1) });
    // Counters began anew with the second agent, and nothing is counted as less.
    const both = valueOf(store, "sum(increase(http_requests_total[2m]))", now);
    expect(both[""]).toBeGreaterThan(60);
    expect(both[""]).toBeLessThan(80);
    const slow = valueOf(store, "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[1m])))", now);
    expect(slow[""]).toBeGreaterThan(0);
    expect(slow[""]).toBeLessThan(2);
    // The bounds of the documents' alerts are there to count by.
    for (const le of ["0.5", "1", "2", "5"])
      expect(valueOf(store, `sum(http_request_duration_seconds_bucket{le="${le}"})`, now)).toEqual({ "": 33 });
    series.lost(now + 5_000);
    expect(valueOf(store, "http_requests_total", now + 5_000)).toEqual({});
  });
});

describe("what the example services show", () => {
  test("is read without a problem", async () => {
    counter("telemetry_test_total", "One of each kind.", [{ route: 'GET /"x"\\y' }])({ route: 'GET /"x"\\y' }, 3);
    gauge("telemetry_test_depth", "Now.", () => 7);
    histogram("telemetry_test_seconds", "Times.")({ queue: "a" }, 0.3);
    const { problems, all } = parseExposition(await metricsText(), { format: "classic" });
    expect(problems).toEqual([]);
    const found = new Map(
      all.map(({ labels, value }) => [`${labels["__name__"]} ${labels["le"] ?? labels["route"] ?? ""}`, value]),
    );
    expect(found.get('telemetry_test_total GET /"x"\\y')).toBe(3);
    expect(found.get("telemetry_test_depth ")).toBe(7);
    expect(found.get("telemetry_test_seconds_bucket 0.5")).toBe(1);
    expect(found.get("telemetry_test_seconds_bucket 0.25")).toBe(0);
    expect(found.has("process_cpu_seconds_total ")).toBe(true);
  });
});
