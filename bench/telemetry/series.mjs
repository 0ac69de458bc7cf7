// Two hours of what an environment's series look like: forty revisions as the gateway counts them, and what services show themselves.
// Seeded: every run has the same numbers.
import { createHistogram } from "../../dist/agent/gateway/counters.js";
import { createTrafficSeries } from "../../dist/control/telemetry/traffic-series.js";

export const start = 1_700_000_000_000;
export const everyMs = 5_000;
export const moments = 1_440;

export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The samples, moment by moment, as they are said to a store: labels, times and values. */
export function realSeries({ revisions = 40, services = 40 } = {}) {
  const random = randomOf(42);
  const recorded = recorder();
  const traffic = createTrafficSeries(() => recorded.store);
  const counted = Array.from({ length: revisions }, (_, n) => ({
    environment: "prod",
    service: `service-${n >> 1}`,
    revision: `service-${n >> 1}-${n % 2}a2b3c4d`,
    // From one request in a few seconds to fifty a second.
    rate: 0.2 * 2 ** (n % 9),
    usualMs: 2 + (n % 12) * 15,
    requests: {},
    latency: createHistogram(),
    coldStart: createHistogram(),
    bytesIn: 0,
    bytesOut: 0,
  }));
  const shown = Array.from({ length: services }, (_, n) => service(`service-${n >> 1}`, `r${n % 2}`, random));
  for (let moment = 0; moment < moments; moment++) {
    // A timer is late by a few milliseconds.
    const timeMs = start + moment * everyMs + Math.floor(random() * 4);
    for (const one of counted) {
      const requests = Math.floor((one.rate * everyMs) / 1_000 + random());
      for (let request = 0; request < requests; request++) {
        const kind = random() < 0.002 ? "5xx" : random() < 0.03 ? "4xx" : "2xx";
        one.requests[kind] = (one.requests[kind] ?? 0) + 1;
        one.latency.record(one.usualMs * Math.exp(1.2 * (random() + random() + random() - 1.5)));
        one.bytesIn += Math.floor(200 + random() * 2_000);
        one.bytesOut += Math.floor(500 + random() * 20_000);
      }
    }
    traffic.record({
      at: new Date(timeMs).toISOString(),
      revisions: counted.map((one) => ({
        ...one,
        latency: one.latency.view(),
        coldStart: one.coldStart.view(),
        inFlight: Math.floor(random() * 4),
        retries: 0,
      })),
    });
    for (const one of shown) one(recorded, timeMs);
  }
  return recorded;
}

/** What a Node service shows beside its requests. */
function service(name, replica, random) {
  const labels = { service: name, revision: `${name}-1a2b3c4d`, replica };
  let [cpu, jobs, tokens, seconds] = [0, 0, 0, 0];
  let memory = 80e6;
  return ({ store }, timeMs) => {
    const say = (metric, value, more = {}) => store.push(store.series({ __name__: metric, ...labels, ...more }), timeMs, value);
    cpu += random() * 0.4;
    jobs += random() < 0.3 ? 1 : 0;
    tokens += Math.floor(random() * 900);
    seconds += random();
    memory = Math.round((memory + (random() - 0.48) * 400_000) / 4_096) * 4_096;
    say("up", 1);
    say("process_cpu_seconds_total", Math.round(cpu * 1e6) / 1e6);
    say("process_resident_memory_bytes", memory);
    say("process_start_time_seconds", 1_699_999_000.123);
    say("jobs_total", jobs, { queue: "extraction", outcome: "ok" });
    say("vertex_tokens_total", tokens);
    // A sum of seconds as a service adds them up: its last bits are chance.
    say("job_duration_seconds_sum", seconds);
    say("scrape_duration_seconds", Math.round(random() * 5_000) / 1e6);
  };
}

/** Stands in for a store and notes what it is told. */
function recorder() {
  const known = new Map();
  const series = [];
  let samples = 0;
  return {
    series,
    get samples() {
      return samples;
    },
    store: {
      series(labels) {
        const key = JSON.stringify(labels);
        let one = known.get(key);
        if (!one) {
          known.set(key, (one = { labels, times: [], values: [] }));
          series.push(one);
        }
        return one;
      },
      push(one, timeMs, value) {
        one.times.push(timeMs);
        one.values.push(value);
        samples += 1;
      },
      end() {},
    },
  };
}
