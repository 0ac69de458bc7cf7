import { expect, test } from "vitest";
import { createMetricStore } from "../../signals/store/metric-store.ts";
import { type LatencyHistogram, latencyBoundsMs, type RevisionTraffic } from "../../wire/traffic.ts";
import { createTrafficSeries } from "./traffic-series.ts";

const start = 1_700_000_000_000;

function histogram(times: readonly number[]): LatencyHistogram {
  const counts = [...latencyBoundsMs, Infinity].map(
    (bound, index, all) => times.filter((ms) => ms <= bound && ms > (all[index - 1] ?? -1)).length,
  );
  return { counts, sumMs: times.reduce((sum, ms) => sum + ms, 0) };
}

function traffic(times: readonly number[], more: Partial<RevisionTraffic> = {}): RevisionTraffic {
  return {
    environment: "local",
    service: "api",
    revision: "api-1",
    requests: { "2xx": times.length },
    latency: histogram(times),
    coldStart: histogram([]),
    inFlight: 0,
    bytesIn: 0,
    bytesOut: 0,
    retries: 0,
    ...more,
  };
}

function recorder() {
  const store = createMetricStore();
  const series = createTrafficSeries((environment) => (environment === "local" ? store : undefined));
  let now = start;
  return {
    store,
    say: (...revisions: RevisionTraffic[]) => series.record({ at: new Date((now += 1_000)).toISOString(), revisions }),
    lost: () => series.lost((now += 1_000)),
    values: (labels: Record<string, string>) =>
      store
        .select(
          Object.entries(labels).map(([name, value]) => ({ name, op: "=" as const, value })),
          0,
          now,
        )
        .map(({ values, from, to }) => [...values.subarray(from, to)]),
  };
}

test("each bound is a bucket that counts all that took no longer, those of the alerts among them", () => {
  const { say, values, store } = recorder();
  say(traffic([0.1, 500, 500.001, 1_000, 2_000, 4_999, 90_000]));
  const bucket = (le: string) => values({ __name__: "http_request_duration_seconds_bucket", le, revision: "api-1" });
  for (const [le, count] of [
    ["0.00025", 1],
    ["0.5", 2],
    ["1", 4],
    ["2", 5],
    ["5", 6],
    ["60", 6],
    ["+Inf", 7],
  ] as const)
    expect(bucket(le), le).toEqual([[count]]);
  expect(values({ __name__: "http_request_duration_seconds_count" })).toEqual([[7]]);
  expect(values({ __name__: "http_request_duration_seconds_sum" })).toEqual([[98.999101]]);
  expect(store.labelValues("le")).toHaveLength(latencyBoundsMs.length + 1);
});

test("a class of answers that there has not been yet stands at nothing, so that its first is an increase", () => {
  const { say, values } = recorder();
  say(traffic([1]));
  say(traffic([1, 1], { requests: { "2xx": 1, "5xx": 1, "1xx": 3 } }));
  expect(values({ __name__: "http_requests_total", status: "5xx" })).toEqual([[0, 1]]);
  expect(values({ __name__: "http_requests_total", status: "0xx" })).toEqual([[0, 0]]);
  expect(values({ __name__: "http_requests_total", status: "1xx" })).toEqual([[0, 3]]);
});

test("cold starts are told once there is one, from nothing on", () => {
  const { say, values } = recorder();
  say(traffic([]));
  say(traffic([], { coldStart: histogram([6_000]) }));
  expect(values({ __name__: "cold_start_duration_seconds_bucket", le: "5" })).toEqual([[0, 0]]);
  expect(values({ __name__: "cold_start_duration_seconds_bucket", le: "7.5" })).toEqual([[0, 1]]);
});

test("a revision that is gone ends, and so does all when the gateway is not heard of; other environments are nobody's", () => {
  const { say, lost, values, store } = recorder();
  say(traffic([1]), traffic([1], { revision: "api-2" }), traffic([1], { environment: "other" }));
  say(traffic([1, 1]));
  expect(values({ __name__: "http_requests_total", status: "2xx", revision: "api-2" })).toEqual([[1, NaN]]);
  lost();
  expect(values({ __name__: "http_requests_total", status: "2xx", revision: "api-1" })).toEqual([[1, 2, NaN]]);
  // The gateway came back and counts from nothing.
  say(traffic([1]));
  expect(values({ __name__: "http_requests_total", status: "2xx", revision: "api-1" })).toEqual([[1, 2, NaN, 1]]);
  expect(store.view().dropped).toMatchObject({ outOfOrder: 0, duplicate: 0 });
});

test("lines that are kept and left out are counted by whose they are", () => {
  const store = createMetricStore();
  const series = createTrafficSeries(() => store);
  const lines = { environment: "local", service: "api", written: 6, leftOut: 4 };
  series.record({ at: new Date(start).toISOString(), revisions: [], logged: [lines], printed: [{ ...lines, leftOut: 1 }] });
  const counted = (name: string) =>
    store
      .select([{ name: "__name__", op: "=", value: name }], 0, start)
      .map(({ labels, values, from }) => [labels["service"], labels["kept"], values[from]]);
  expect(counted("gateway_log_lines_total")).toEqual([
    ["api", "true", 6],
    ["api", "false", 4],
  ]);
  expect(counted("service_log_lines_total")).toEqual([
    ["api", "true", 6],
    ["api", "false", 1],
  ]);
});
