// Series as five products have them: so many in all, sampled for so long. What comes out depends on the seed alone. Reusable: any
// figure about metrics takes its series from here.

/** mulberry32 */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const edges = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

/**
 * `[{ labels, times, values }]`, typed arrays in rising order of time, one sample each `everyMs` with a few milliseconds of jitter.
 * A seventh are counters that began anew once.
 */
export function madeSeries({ series = 2_000, startMs, spanMs = 7_200_000, everyMs = 5_000, seed = 5 }) {
  const random = randomOf(seed);
  const steps = Math.floor(spanMs / everyMs);
  const found = [];
  const add = (labels, next) => {
    if (found.length >= series) return;
    const offset = Math.floor(random() * everyMs);
    const times = new Float64Array(steps);
    const values = new Float64Array(steps);
    for (let step = 0; step < steps; step++) {
      times[step] = startMs + offset + step * everyMs + Math.floor(random() * 4);
      values[step] = next(step);
    }
    found.push({ labels, times, values });
  };
  const counter = (mean) => {
    let sum = Math.floor(random() * 1e6);
    const resetAt = random() < 1 / 7 ? Math.floor(random() * steps) : -1;
    return (step) => {
      if (step === resetAt) sum = 0;
      sum += Math.round(random() * 2 * mean);
      return sum;
    };
  };
  const gauge = (level, swing) => {
    let now = level;
    return () => {
      now += (random() - 0.5) * swing + (level - now) * 0.05;
      return Math.max(0, now);
    };
  };
  const histogram = (name, labels, mean) => {
    // Buckets are cumulative, and the last of them is the count.
    const rows = edges.map(() => 0);
    let [at, sum] = [-1, 0];
    const step = (now) => {
      if (now === at) return;
      at = now;
      for (let more = Math.round(random() * 2 * mean); more > 0; more--) {
        const bucket = Math.min(edges.length - 1, Math.floor(random() * random() * 14));
        sum += Number(edges[Math.min(bucket, edges.length - 2)]);
        for (let index = bucket; index < edges.length; index++) rows[index]++;
      }
    };
    // Each series is made whole before the next one: the rows are made once and remembered.
    const made = Array.from({ length: steps }, (_, now) => {
      step(now);
      return [...rows, sum];
    });
    for (const [index, le] of edges.entries()) add({ __name__: `${name}_bucket`, ...labels, le }, (now) => made[now][index]);
    add({ __name__: `${name}_count`, ...labels }, (now) => made[now][edges.length - 1]);
    add({ __name__: `${name}_sum`, ...labels }, (now) => made[now][edges.length]);
  };
  for (let group = 0; found.length < series; group++) {
    const service = `service-${group}`;
    for (const revision of ["r1", "r2"]) {
      for (const [status, mean] of [
        ["2xx", 60],
        ["4xx", 3],
        ["5xx", group % 5 === 0 ? 6 : 1],
      ])
        add({ __name__: "http_requests_total", service, revision, status }, counter(mean));
      histogram("http_request_duration_seconds", { service, revision }, 12);
      histogram("cold_start_duration_seconds", { service, revision }, 1);
      for (const replica of ["a", "b", "c"]) {
        const labels = { service, revision, replica };
        add({ __name__: "container_cpu_usage_seconds_total", ...labels }, counter(2));
        add({ __name__: "container_memory_working_set_bytes", ...labels }, gauge(4e8, 1e7));
        add({ __name__: "container_spec_memory_limit_bytes", ...labels }, () => 536_870_912);
        add({ __name__: "container_restarts_total", ...labels }, counter(0.01));
      }
    }
    for (const state of ["ready", "taken"])
      add({ __name__: "queue_depth", queue: `queue-${group}`, state }, gauge(2_000 * (group % 7), 300));
    add({ __name__: "queue_dead_letters", queue: `queue-${group}` }, gauge(3, 1));
    add({ __name__: "queue_oldest_age_seconds", queue: `queue-${group}` }, gauge(30, 5));
    for (const outcome of ["ok", "failed"])
      add({ __name__: "jobs_total", queue: `queue-${group}`, outcome }, counter(outcome === "ok" ? 20 : 0.5));
    add({ __name__: "db_pool_in_use", service }, gauge(10 + (group % 9), 2));
    add({ __name__: "db_pool_max", service }, () => 20);
    add({ __name__: "pg_stat_activity_count", resource: `db-${group}` }, gauge(60, 10));
    add({ __name__: "pg_settings_max_connections", resource: `db-${group}` }, () => 100);
    add({ __name__: "pg_replication_lag_seconds", resource: `db-${group}` }, gauge(2, 1));
    add({ __name__: "redis_memory_used_bytes", resource: `cache-${group}` }, gauge(5e8, 1e7));
    add({ __name__: "redis_memory_max_bytes", resource: `cache-${group}` }, () => 1_073_741_824);
    add({ __name__: "node_filesystem_avail_bytes", host: `host-${group}` }, gauge(3e10, 1e8));
    add({ __name__: "node_filesystem_size_bytes", host: `host-${group}` }, () => 1e11);
    add({ __name__: "probe_success", check: `check-${group}` }, () => (random() < 0.999 ? 1 : 0));
    add({ __name__: "probe_ssl_earliest_cert_expiry", host: `host-${group}` }, () => startMs / 1_000 + 86_400 * (5 + group));
    add(
      { __name__: "backup_last_success_timestamp_seconds", resource: `db-${group}` },
      (step) => startMs / 1_000 + Math.floor(step / 720) * 3_600,
    );
    for (const outcome of ["ok", "failed"])
      add({ __name__: "backup_runs_total", resource: `db-${group}`, outcome }, counter(0.01));
    add({ __name__: "auth_failed_logins_total", service }, counter(0.3));
    add({ __name__: "cost_month_to_date_usd", service }, counter(0.1));
    add({ __name__: "cost_monthly_budget_usd", service }, () => 1e6);
    add({ __name__: "slo:bad:rate5m", slo: service }, gauge(0.01, 0.005));
    add({ __name__: "slo:total:rate5m", slo: service }, gauge(12, 2));
  }
  return found;
}

/** A plain source over such series: an index by name, then every matcher on what it holds. */
export function sourceOf(series, createSelector) {
  const byName = grouped(series);
  const selectors = new Map();
  return {
    select(matchers, fromMs, toMs) {
      const key = JSON.stringify(matchers);
      const fits = selectors.get(key) ?? createSelector(matchers);
      selectors.set(key, fits);
      const name = matchers.find((one) => one.name === "__name__" && one.op === "=")?.value;
      const found = [];
      for (const { labels, times, values } of name === undefined ? series : (byName.get(name) ?? [])) {
        if (!fits(labels)) continue;
        const [from, to] = [placeOf(times, fromMs), placeOf(times, toMs + 1)];
        if (from < to) found.push({ labels, times, values, from, to });
      }
      return found;
    },
  };
}

function grouped(series) {
  const found = new Map();
  for (const one of series) {
    const name = one.labels.__name__;
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(one);
  }
  return found;
}

/** The first place whose time is not before a moment. */
function placeOf(times, ms) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
