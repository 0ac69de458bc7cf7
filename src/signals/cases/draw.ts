import { durationMs, shareOf } from "../../lib/quantities.ts";
import { budgetOf } from "../../spec/budget-of.ts";
import { list, refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import { numberText } from "../measures/promql-text.ts";
import { isShare, thresholdOf } from "../measures/threshold.ts";
import { drawExpression } from "./draw-expression.ts";
import * as parts from "./draw-parts.ts";
import { drawStore } from "./draw-stores.ts";
import { type Drawing, type Drawn, type NotDrawn, named, notDrawn } from "./drawn.ts";

const minute = 60_000;
/** Below so many a share is noise, where the spec says nothing else. */
const usualFloor = 20;
/** Labels by which the same metric tells things apart. */
const tellApart = ["status", "outcome", "le", "state"];

/** What a condition is about, as series. */
export function drawn(when: ConditionData, environment: Environment): Drawn | NotDrawn {
  const { signal } = when;
  const taken = Object.keys(signal.where ?? {}).find((label) => tellApart.includes(label));
  if (taken !== undefined) return notDrawn(`where ${taken} is asked for, nobody knows what is counted beside it`);
  const by = Object.fromEntries((signal.by ?? []).map((label) => [label, "one"]));
  const drawing: Drawing = {
    when,
    signal,
    environment,
    labelled: (own) => ({ ...by, ...own, ...signal.where }),
    windowMs: (usual) => durationMs(signal.over ?? usual),
    saidMs: signal.over === undefined ? 0 : durationMs(signal.over),
  };
  const found = ofMeasure(drawing);
  if (found.is !== "drawn" || when.minimumRequests === undefined) return found;
  return found.floor === undefined && !["latency", "coldStart", "jobRuntime", "queryTime"].includes(signal.measure)
    ? notDrawn(`the least of ${signal.measure} is of what is measured itself`)
    : { ...found, floor: when.minimumRequests };
}

function ofMeasure(drawing: Drawing): Drawn | NotDrawn {
  const { signal } = drawing;
  const service = refName(signal.of, "services");
  switch (signal.measure) {
    case "requests":
    case "errors":
    case "errorRate":
    case "latency":
    case "coldStart":
      return service === undefined ? notDrawn("it is about no service") : requests(drawing, service);
    case "cpu":
    case "memory":
    case "saturation":
    case "restarts":
      return service === undefined ? drawStore(drawing) : containers(drawing, service);
    case "queueDepth":
    case "queueAge":
    case "deadLetters":
    case "throughput":
    case "failureRate":
    case "jobRuntime":
    case "jobFailures":
      return jobs(drawing);
    case "disk":
    case "connections":
    case "connectionsUsed":
    case "replicationLag":
    case "queryTime":
    case "hitRate":
    case "backupFailures":
    case "backupAge":
      return drawStore(drawing);
    case "uptime":
    case "certificateLeft":
      return service === undefined ? notDrawn("it is about no service") : outside(drawing, service);
    case "burnRate":
    case "budgetLeft":
      return burn(drawing);
    case "monthToDate":
    case "dayToDate":
    case "spend":
      return money(drawing);
    case "metric":
      return ownMetric(drawing);
    case "dailyBudget":
      return notDrawn("what a day may cost does not change");
    case "promql":
      return drawExpression(drawing);
  }
}

function requests({ signal, when, labelled, windowMs }: Drawing, service: string): Drawn {
  const labels = labelled({ service, revision: "r1" });
  const over = windowMs(signal.measure === "coldStart" ? "15m" : "5m");
  switch (signal.measure) {
    case "requests":
      return {
        is: "drawn",
        windowMs: over,
        values: "any",
        series: parts.perSecond("http_requests_total", { ...labels, status: "2xx" }),
      };
    case "errors":
      return {
        is: "drawn",
        windowMs: over,
        values: "any",
        series: parts.inWindow("http_requests_total", { ...labels, status: "5xx" }, over),
      };
    case "errorRate":
      return {
        is: "drawn",
        windowMs: over,
        values: "share",
        floor: usualFloor,
        series: parts.counted("http_requests_total", labels, { name: "status", bad: "5xx", good: "2xx" }),
      };
    case "latency":
      return { ...parts.timed(when, "http_request_duration_seconds", labels), windowMs: over, floor: usualFloor };
    default:
      return { ...parts.timed(when, "cold_start_duration_seconds", labels), windowMs: over };
  }
}

function containers({ signal, environment, labelled, windowMs, saidMs }: Drawing, service: string): Drawn | NotDrawn {
  const labels = labelled({ service, revision: "r1", replica: "1" });
  const cores = environment.services[service]?.size?.cpu;
  switch (signal.measure) {
    case "cpu":
      return cores === undefined
        ? notDrawn(`${service} says nowhere how much CPU it may use`)
        : {
            is: "drawn",
            windowMs: windowMs("5m"),
            values: "share",
            series: parts.perSecond("container_cpu_usage_seconds_total", labels, cores),
          };
    case "restarts": {
      const over = windowMs("1h");
      return { is: "drawn", windowMs: over, values: "any", series: parts.inWindow("container_restarts_total", labels, over) };
    }
    // The scarcest is its memory here; that it has more than that is no reason to be quiet.
    default:
      return {
        is: "drawn",
        windowMs: signal.measure === "memory" ? saidMs : 0,
        values: "share",
        series: parts.ofLimit("container_memory_working_set_bytes", "container_spec_memory_limit_bytes", labels, 512 * 1_048_576),
      };
  }
}

function jobs({ when, signal, environment, labelled, windowMs, saidMs }: Drawing): Drawn | NotDrawn {
  const service = refName(signal.of, "services");
  const resource = refName(signal.of, "resources");
  const taking = service === undefined ? undefined : environment.services[service];
  const takes = taking !== undefined && "takes" in taking ? list(taking.takes) : [];
  const queue = resource ?? takes.flatMap((one) => refName(one, "resources") ?? [])[0];
  const worked = labelled(service === undefined ? { queue: resource ?? "" } : { service, queue: queue ?? "" });
  const waits = labelled({ queue: queue ?? "" });
  const share = { name: "outcome", bad: "failed", good: "ok" };
  switch (signal.measure) {
    case "queueDepth":
      return { is: "drawn", windowMs: saidMs, values: "whole", series: parts.gauge("queue_depth", waits) };
    case "queueAge":
      return { is: "drawn", windowMs: saidMs, values: "any", series: parts.gauge("queue_oldest_age_seconds", waits) };
    case "deadLetters":
      return { is: "drawn", windowMs: saidMs, values: "whole", series: parts.gauge("queue_dead_letters", waits) };
    case "throughput":
      return {
        is: "drawn",
        windowMs: windowMs("5m"),
        values: "any",
        series: parts.perSecond("jobs_total", { ...worked, outcome: "ok" }),
      };
    case "jobRuntime":
      return { ...parts.timed(when, "job_duration_seconds", worked), windowMs: windowMs("5m") };
    case "jobFailures":
      if (!isShare(when.value)) {
        const over = windowMs("5m");
        return { is: "drawn", windowMs: over, values: "any", series: parts.inWindow("job_failures_total", worked, over) };
      }
      break;
    default:
  }
  return {
    is: "drawn",
    windowMs: windowMs("5m"),
    values: "share",
    floor: usualFloor,
    series: parts.counted("jobs_total", worked, share),
  };
}

function outside({ signal, environment, labelled, windowMs }: Drawing, service: string): Drawn | NotDrawn {
  if (signal.measure === "certificateLeft") {
    const host = environment.hosts.find((one) => one.service === service)?.host.replace(/:\d+$/, "");
    if (host === undefined) return notDrawn(`${service} has no host`);
    return {
      is: "drawn",
      windowMs: 0,
      values: "any",
      series: (levels, { stepSeconds }) => ({
        [named("probe_ssl_earliest_cert_expiry", labelled({ host }))]: levels.map((level, at) => at * stepSeconds + level),
      }),
    };
  }
  const check = Object.entries(environment.uptime).find(([, { of }]) => refName(of, "services") === service)?.[0];
  const labels = labelled(check === undefined ? {} : { check });
  if (labels["check"] === undefined) return notDrawn(`no check looks at ${service}`);
  // Between 0 and 1 lies what several places that ask would see together.
  return { is: "drawn", windowMs: windowMs("5m"), values: "share", series: parts.gauge("probe_success", labels) };
}

const recordedMs = 5 * minute;

/** How many times too fast: so many times as much is bad as may be. */
function burn(drawing: Drawing): Drawn | NotDrawn {
  const { signal, environment, windowMs } = drawing;
  const slo = environment.slos[refName(signal.of, "slos") ?? ""];
  if (slo === undefined) return notDrawn("there is no such SLO");
  const bad = badOf(slo, environment);
  if (bad.is === "not drawn") return bad;
  const allowed = 1 - shareOf(slo.target);
  if (signal.measure === "budgetLeft") return left(drawing, bad, { allowed, slo });
  const over = Math.max(recordedMs, windowMs("1h"));
  const short = Math.max(recordedMs, Math.round(over / 12 / minute) * minute);
  const lagOf = (ms: number) => (ms > recordedMs ? recordedMs : 0);
  return {
    is: "drawn",
    windowMs: over,
    lagMs: lagOf(over),
    back: { windowMs: short, lagMs: lagOf(short) },
    values: "any",
    stepMs: minute,
    series: (levels, pace) =>
      bad.series(
        levels.map((level) => Math.min(1, level * allowed)),
        pace,
      ),
  };
}

/** What is left of a budget: so much less as more of its whole window was bad. More than all of it may be gone. */
function left(
  { when, windowMs }: Drawing,
  bad: Drawn,
  { allowed, slo }: { readonly allowed: number; readonly slo: Environment["slos"][string] },
): Drawn | NotDrawn {
  const threshold = thresholdOf(when.value);
  if (threshold >= 1) return notDrawn("there is never more left of a budget than all of it");
  return {
    is: "drawn",
    windowMs: Math.max(recordedMs, windowMs(slo.over)),
    lagMs: recordedMs,
    values: "any",
    stepMs: minute,
    scale: {
      threshold,
      apart: Math.min(Math.max(0.01, Math.abs(threshold) * 0.02), (1 - threshold) / 2),
      least: Math.min(threshold, 0) - 1,
      most: 1,
      says: (level) => `${numberText(Number((level * 100).toPrecision(4)))}% of the budget left`,
    },
    series: (levels, pace) =>
      bad.series(
        levels.map((level) => Math.min(1, (1 - level) * allowed)),
        pace,
      ),
  };
}

/** The share that is bad of what an SLO counts. */
function badOf({ of, within }: Environment["slos"][string], environment: Environment): Drawn | NotDrawn {
  const when: ConditionData = { kind: "condition", signal: of, is: "above", value: "1%" };
  if (of.measure === "latency" || of.measure === "coldStart" || of.measure === "jobRuntime") {
    if (within === undefined) return notDrawn("its SLO says not within what it is good");
    const service = refName(of.of, "services");
    const labels = service === undefined ? { queue: refName(of.of, "resources") ?? "" } : { service };
    const metric = {
      latency: "http_request_duration_seconds",
      coldStart: "cold_start_duration_seconds",
      jobRuntime: "job_duration_seconds",
    }[of.measure];
    return {
      is: "drawn",
      windowMs: 0,
      values: "share",
      series: parts.slower(metric, { ...labels, ...of.where }, durationMs(within) / 1_000),
    };
  }
  if (!["errorRate", "failureRate", "jobFailures", "backupFailures", "uptime", "hitRate"].includes(of.measure))
    return notDrawn(`an SLO of ${of.measure} counts time, and not one by one`);
  const found = drawn(when, environment);
  if (found.is === "not drawn" || (of.measure !== "uptime" && of.measure !== "hitRate")) return found;
  return {
    ...found,
    series: (levels, pace) =>
      found.series(
        levels.map((level) => 1 - level),
        pace,
      ),
  };
}

/** Money is told as it is; as a share it is one of the budget. */
function money({ signal, when, environment, labelled, windowMs, saidMs }: Drawing): Drawn | NotDrawn {
  const day = signal.measure === "dayToDate";
  const metric = day ? "cost_day_to_date_usd" : "cost_month_to_date_usd";
  const labels = labelled({});
  if (signal.measure === "spend" && signal.over !== undefined) {
    const over = windowMs("1d");
    return { is: "drawn", windowMs: over, values: "any", series: parts.inWindow(metric, labels, over) };
  }
  const plain = { is: "drawn", windowMs: saidMs, values: "any" } as const;
  if (signal.measure === "spend" || !isShare(when.value)) return { ...plain, series: parts.gauge(metric, labels) };
  const budget = budgetOf(environment);
  const limit = day ? budget?.daily : budget?.monthly;
  return limit === undefined
    ? notDrawn("there is no budget that it could be a share of")
    : { ...plain, series: parts.gauge(metric, labels, limit) };
}

/** What the product counts itself, by the type that the spec says or the name shows; what says neither stands there. */
function ownMetric({ signal, when, labelled, saidMs, windowMs }: Drawing): Drawn | NotDrawn {
  const { metric, type, quantile, over } = signal;
  if (metric === undefined) return notDrawn("there is no metric");
  const [service, resource] = [refName(signal.of, "services"), refName(signal.of, "resources")];
  const labels = labelled({ ...(service === undefined ? {} : { service }), ...(resource === undefined ? {} : { resource }) });
  if (type === "histogram" || quantile !== undefined) return { ...parts.timed(when, metric, labels), windowMs: windowMs("5m") };
  if (type === "counter" || (type === undefined && metric.endsWith("_total")))
    return over === undefined
      ? { is: "drawn", windowMs: 5 * minute, values: "any", series: parts.perSecond(metric, labels) }
      : { is: "drawn", windowMs: saidMs, values: "any", series: parts.inWindow(metric, labels, saidMs) };
  return { is: "drawn", windowMs: saidMs, values: "any", series: parts.gauge(metric, labels) };
}
