// So many series that rules look at, sampled for so long. What comes out depends on the rules and on the seed alone.
import { printedMatchers, selectorsOf } from "./selectors.mjs";

/** mulberry32 */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const edges = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
/** What a metric is told apart by, beside what rules ask for; each replica says all of it. */
const toldApart = {
  http_requests_total: { status: ["2xx", "3xx", "4xx", "5xx"] },
  http_request_duration_seconds_bucket: { le: edges },
  cold_start_duration_seconds_bucket: { le: edges },
  pg_stat_activity_count: { datname: ["app", "jobs"], state: ["active", "idle"] },
  backup_runs_total: { outcome: ["ok", "failed"] },
  queue_depth: { state: ["", "waiting", "active"] },
};

/**
 * `[{ labels, times, values }]`, typed arrays in rising order of time, one sample each `everyMs` with a few milliseconds of jitter. As
 * many replicas say what the rules ask for as it takes to come to `series`; a seventh of the counters began anew once. Each of them
 * is one that some rule selects.
 */
export function watchedSeries(rules, { series = 2_000, startMs, spanMs = 7_200_000, everyMs = 5_000, seed = 5 }) {
  const selectors = selectorsOf(rules);
  const metrics = metricsOf(selectors);
  const random = randomOf(seed);
  const steps = Math.floor(spanMs / everyMs);
  const found = [];
  for (let replica = 0; found.length < series; replica++) {
    const before = found.length;
    for (const { name, labels } of metrics) {
      // What is recorded is there once.
      if (found.length >= series || (name.includes(":") && replica > 0)) continue;
      const own = name.includes(":") ? {} : { revision: `r${replica >> 3}`, replica: `${replica}` };
      const value = valuesOf(name, { random, steps, startMs, everyMs });
      for (const told of combinations(toldApart[name] ?? {})) {
        const all = { __name__: name, ...labels, ...told, ...own };
        if (found.length >= series || !selectors.some(({ fits }) => fits(all))) continue;
        const offset = Math.floor(random() * everyMs);
        const times = Float64Array.from({ length: steps }, (_, at) => startMs + offset + at * everyMs + Math.floor(random() * 4));
        found.push({ labels: all, times, values: value(told) });
      }
    }
    if (found.length === before) throw new Error("the rules select nothing");
  }
  const missed = selectors.filter(({ fits }) => !found.some(({ labels }) => fits(labels)));
  if (missed.length > 0) throw new Error(`nothing is made for ${missed.map(printedMatchers).join(", ")}`);
  return found;
}

/** Each metric with the values that rules want of its labels. */
function metricsOf(selectors) {
  const found = new Map();
  for (const { matchers } of selectors) {
    const { __name__: name, ...labels } = Object.fromEntries(
      matchers.filter(({ op }) => op === "=").map((one) => [one.name, one.value]),
    );
    for (const label of Object.keys(toldApart[name] ?? {})) delete labels[label];
    found.set(JSON.stringify([name, labels]), { name, labels });
  }
  return [...found.values()];
}

function combinations(choices) {
  return Object.entries(choices).reduce(
    (all, [label, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [label]: value }))),
    [{}],
  );
}

/** The values of one metric of one replica, by what they are told apart by. */
function valuesOf(name, { random, steps, startMs, everyMs }) {
  const list = (of) => Float64Array.from({ length: steps }, (_, step) => of(step));
  const counter = (mean) => () => {
    let sum = Math.floor(random() * 1e6);
    const resetAt = random() < 1 / 7 ? Math.floor(random() * steps) : -1;
    return list((step) => (sum = (step === resetAt ? 0 : sum) + Math.round(random() * 2 * mean)));
  };
  const gauge = (level, swing) => () => {
    let now = level;
    return list(() => (now = Math.max(0, now + (random() - 0.5) * swing + (level - now) * 0.05)));
  };
  const constant = (value) => () => list(() => value);
  const seconds = (step) => (startMs + step * everyMs) / 1_000;
  if (name.endsWith("_bucket")) return buckets({ random, steps });
  switch (name) {
    case "http_requests_total":
      return ({ status }) => counter(status === "2xx" ? 60 : 1)();
    case "queue_depth":
      return gauge(2_000, 300);
    case "pg_stat_activity_count":
      return gauge(20, 4);
    case "pg_settings_max_connections":
      return constant(100);
    case "redis_memory_used_bytes":
      return gauge(5e8, 1e7);
    case "redis_memory_max_bytes":
      return constant(1_073_741_824);
    case "node_filesystem_avail_bytes":
      return gauge(3e10, 1e8);
    case "node_filesystem_size_bytes":
      return constant(1e11);
    case "probe_success":
      return () => list(() => (random() < 0.999 ? 1 : 0));
    case "probe_ssl_earliest_cert_expiry":
      return constant(startMs / 1_000 + 86_400 * 40);
    case "backup_last_success_timestamp_seconds":
      return () => list((step) => Math.floor(seconds(step) / 3_600) * 3_600);
    case "backup_last_exit_code":
      return constant(0);
    case "slo:errors:rate5m":
      return gauge(0.01, 0.005);
    case "slo:total:rate5m":
      return gauge(12, 2);
    case "cost_day_to_date_usd":
    case "cost_month_to_date_usd":
      return () => {
        let sum = random() * 5;
        return list(() => (sum += random() * 0.001));
      };
    default:
      return name.endsWith("_total") || name.endsWith("_count") ? counter(3) : gauge(2, 1);
  }
}

/** Buckets are cumulative. */
function buckets({ random, steps }) {
  const rows = edges.map(() => 0);
  const made = Array.from({ length: steps }, () => {
    for (let more = Math.round(random() * 12); more > 0; more--)
      for (let index = Math.floor(random() * random() * edges.length); index < edges.length; index++) rows[index]++;
    return [...rows];
  });
  return ({ le }) => Float64Array.from(made, (row) => row[edges.indexOf(le)]);
}
