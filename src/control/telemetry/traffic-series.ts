import type { Labels } from "../../signals/series.ts";
import type { MetricStore } from "../../signals/store/metric-store.ts";
import {
  type LatencyHistogram,
  latencyBoundsMs,
  type LoggedLines,
  type RevisionTraffic,
  type TrafficSnapshot,
} from "../../wire/traffic.ts";
import { createOrigin, type Origin } from "./origin.ts";

/** What the gateway counts of a service; said by the service too, it would count twice. */
export const countedByGateway: readonly string[] = ["http_requests_total", "http_request_duration_seconds"];

/** Bounds in seconds, as Prometheus writes them. */
const bounds = [...latencyBoundsMs.map((ms) => String(ms / 1_000)), "+Inf"];
/** Said also while there are none, so that the first failure is an increase. */
const alwaysSaid = ["2xx", "3xx", "4xx", "5xx", "0xx"];

export type TrafficSeries = {
  record(snapshot: TrafficSnapshot): void;
  /** Nothing is heard of the gateway: its series end. */
  lost(timeMs: number): void;
};

/** What the gateway counted as series of the environments that there are stores for. */
export function createTrafficSeries(storeOf: (environment: string) => MetricStore | undefined): TrafficSeries {
  const origins = new Map<string, { readonly store: MetricStore; readonly origin: Origin }>();

  function originOf(environment: string): Origin | undefined {
    const store = storeOf(environment);
    const known = origins.get(environment);
    if (known && known.store === store) return known.origin;
    if (!store) {
      origins.delete(environment);
      return undefined;
    }
    const origin = createOrigin(store, { fromZero: true });
    origins.set(environment, { store, origin });
    return origin;
  }

  return {
    record({ at, revisions, logged = [], printed = [] }) {
      const timeMs = Date.parse(at);
      const seen = new Set([...revisions, ...logged, ...printed].map(({ environment }) => environment));
      for (const environment of new Set([...seen, ...origins.keys()])) {
        const origin = originOf(environment);
        if (!origin) continue;
        origin.begin(timeMs);
        for (const one of revisions) if (one.environment === environment) say(origin, one);
        for (const one of logged) if (one.environment === environment) sayLogged(origin, "gateway", one);
        for (const one of printed) if (one.environment === environment) sayLogged(origin, "service", one);
        origin.finish();
      }
    },
    lost(timeMs) {
      for (const { origin } of origins.values()) origin.end(timeMs);
    },
  };
}

/** How much the spec's exclusions save is one of them divided by both. */
function sayLogged(origin: Origin, by: "gateway" | "service", { service, written, leftOut }: LoggedLines): void {
  for (const [kept, value] of [
    ["true", written],
    ["false", leftOut],
  ] as const)
    origin.put(`${service}\n\n${by} logged\n${kept}`, () => ({ __name__: `${by}_log_lines_total`, service, kept }), value);
}

function say(origin: Origin, traffic: RevisionTraffic): void {
  const { service, revision, requests, latency, coldStart } = traffic;
  const put = (name: string, more: Labels, value: number) => {
    const key = `${service}\n${revision}\n${name}\n${more["status"] ?? more["le"] ?? ""}`;
    origin.put(key, () => ({ __name__: name, service, revision, ...more }), value);
  };
  for (const status of new Set([...alwaysSaid, ...Object.keys(requests)]))
    put("http_requests_total", { status }, requests[status] ?? 0);
  sayHistogram("http_request_duration_seconds", latency);
  // Most revisions never start from nothing: no seventy series of zeros for them.
  if (coldStart.counts.some((count) => count > 0)) sayHistogram("cold_start_duration_seconds", coldStart);
  put("gateway_requests_in_flight", {}, traffic.inFlight);
  put("gateway_retries_total", {}, traffic.retries);
  put("gateway_received_bytes_total", {}, traffic.bytesIn);
  put("gateway_sent_bytes_total", {}, traffic.bytesOut);

  function sayHistogram(name: string, { counts, sumMs }: LatencyHistogram): void {
    let total = 0;
    for (const [index, le] of bounds.entries()) put(`${name}_bucket`, { le }, (total += counts[index] ?? 0));
    // To the microsecond: what is beyond is noise, and would be most of what is kept.
    put(`${name}_sum`, {}, Math.round(sumMs * 1_000) / 1e6);
    put(`${name}_count`, {}, total);
  }
}
