import type { Path } from "../../lib/paths.ts";
import { durationMs, parseDurationMs, parseShare, shareOf } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import { refName } from "../derive.ts";
import { type EnvironmentContext, type ProductContext, entries, spanMs } from "./context.ts";

/** How often a measurement is taken where nothing else is said. A window has to hold four of them to mean anything. */
export const sampleEvery = "15s";
const leastSamples = 4;

const ratios = new Set(["errorRate", "failureRate", "uptime", "jobFailures", "hitRate", "backupFailures"]);
const shares = new Set([...ratios, "saturation", "cpu", "memory", "disk", "connectionsUsed", "budgetLeft"]);

type Condition = { signal: Signal; is: string; value: unknown; for?: string | undefined };
type Signal = {
  measure: string;
  of?: unknown;
  over?: string | undefined;
  quantile?: number | undefined;
  type?: string | undefined;
};

/** An alert that can never fire is worse than none. The same holds for a gate that never answers. */
export function checkConditions({ here, report }: EnvironmentContext): void {
  for (const [name, alert] of entries(here.alerts))
    checkCondition(alert.when, ["alerts", name, "when"], `the alert ${shown(name)}`);
  const { release } = here;
  for (const key of ["requires", "after", "rollbackOn"] as const)
    for (const [index, one] of (release?.[key] ?? []).entries()) checkGate(one, ["release", key, index]);
  if (release?.strategy === "canary")
    for (const [step, { requires = [] }] of release.steps.entries())
      for (const [index, one] of requires.entries()) checkGate(one, ["release", "steps", step, "requires", index]);
  for (const [name, { steps }] of entries(here.runbooks))
    for (const [index, one] of steps.entries())
      if (one.does === "check" && one.that)
        checkCondition(one.that, ["runbooks", name, "steps", index, "that"], `the runbook ${shown(name)}`);
  for (const [name, slo] of entries(here.slos)) checkSignal(slo.of, ["slos", name, "of"], `the SLO ${shown(name)}`, false);
  for (const [name, dashboard] of entries(here.dashboards))
    for (const [index, chart] of dashboard.charts.entries())
      for (const [at, signal] of chart.shows.entries())
        checkSignal(signal, ["dashboards", name, "charts", index, "shows", at], "this chart", false);

  function checkGate(given: unknown, path: Path): void {
    if (typeof given !== "object" || given === null) return;
    if ("signal" in given) checkCondition(given as Condition, path, "this gate");
    else if ("gate" in given && given.gate === "burn" && "within" in given)
      checkWindow(String(given.within), [...path, "within"], "this gate");
  }

  function checkCondition(condition: Condition, path: Path, who: string): void {
    checkSignal(condition.signal, [...path, "signal"], who, true);
    const { signal, value } = condition;
    const rising = condition.is === "above" || condition.is === "atLeast";
    const share =
      typeof value === "string"
        ? parseShare(value)
        : typeof value === "number" && !counted.has(signal.measure)
          ? value
          : undefined;
    const waits = `${who} waits for ${signal.measure} ${comparisons[condition.is] ?? condition.is} ${String(value)}`;
    if (shares.has(signal.measure) && share !== undefined && rising && (share > 1 || (share === 1 && condition.is === "above")))
      report(
        "never-fires",
        [...path, "value"],
        `${waits}, and a share never gets there`,
        typeof value === "number" && value <= 100 ? `write it as "${value}%"` : "use a threshold below 100%",
      );
    const least = typeof value === "string" ? parseShare(value) : value;
    if (
      typeof least === "number" &&
      !unbounded.has(signal.measure) &&
      ((condition.is === "below" && least <= 0) || (condition.is === "atMost" && least < 0))
    )
      report("never-fires", [...path, "value"], `${waits}, and it is never less than nothing`, "use a threshold above 0");
    if (signal.measure === "burnRate" && typeof value === "number" && rising) {
      const slo = refName(signal.of, "slos");
      const target = slo === undefined ? undefined : here.slos[slo]?.target;
      const left = target === undefined ? undefined : 1 - shareOf(target);
      // 10 × (1 − 0.9) is a little less than 1 in floating point.
      if (left !== undefined && value * left > 1 - 1e-9)
        report(
          "never-fires",
          [...path, "value"],
          `${who} waits for a burn rate of ${value}, but with a target of ${target} even total failure burns at ${round(1 / left)}`,
          `use a factor below ${round(1 / left)}`,
        );
    }
    if (typeof value === "string" && parseDurationMs(value) !== undefined && !timed.has(signal.measure))
      report(
        "wrong-unit",
        [...path, "value"],
        `${who} holds ${signal.measure} against a time`,
        shares.has(signal.measure) ? "use a percentage" : "use a number",
      );
    if (typeof value === "string" && parseShare(value) !== undefined && timed.has(signal.measure) && signal.measure !== "metric")
      report(
        "wrong-unit",
        [...path, "value"],
        `${who} holds ${signal.measure}, which is a time, against a percentage`,
        'use a duration, as "2s"',
      );
    if (typeof value === "string" && parseShare(value) !== undefined && counts.has(signal.measure))
      report(
        "wrong-unit",
        [...path, "value"],
        `${who} holds ${signal.measure}, which is a number, against a percentage`,
        "use a number",
      );
  }

  function checkWindow(window: string, path: Path, who: string): void {
    const least = leastSamples * durationMs(sampleEvery);
    if ((parseDurationMs(window) ?? least) < least)
      report(
        "window-too-short",
        path,
        `${who} looks at ${window}, in which there are not ${leastSamples} samples (one comes every ${sampleEvery})`,
        `use at least ${least / 1_000}s`,
      );
  }

  function checkSignal(signal: Signal, path: Path, who: string, decides: boolean): void {
    if (signal.over !== undefined) checkWindow(signal.over, [...path, "over"], who);
    if (decides && distributions.has(signal.measure) && signal.quantile === undefined)
      report(
        "no-quantile",
        path,
        `${who} compares ${signal.measure}, which is a distribution and not a number`,
        "say which quantile: .p50, .p95, .p99",
      );
    if (signal.quantile !== undefined && signal.measure === "metric" && signal.type !== undefined && signal.type !== "histogram")
      report("no-quantile", path, `${who} wants a quantile of a ${signal.type}`, "only a histogram has quantiles");
  }
}

const comparisons: Readonly<Record<string, string>> = { above: "above", atLeast: "at least", below: "below", atMost: "at most" };
/** Shares when they are written as percentages, numbers of failures when they are not. */
const counted = new Set(["jobFailures", "backupFailures"]);
/** What may be less than nothing. */
const unbounded = new Set(["metric", "promql", "budgetLeft"]);
const counts = new Set(["requests", "errors", "restarts", "queueDepth", "deadLetters", "throughput", "connections", "burnRate"]);
const timed = new Set([
  "latency",
  "coldStart",
  "queueAge",
  "jobRuntime",
  "replicationLag",
  "queryTime",
  "certificateLeft",
  "backupAge",
  "metric",
  "promql",
]);
const distributions = new Set(["latency", "coldStart", "jobRuntime", "queryTime"]);

/** An SLO leaves room for failure, and can be counted. */
export function checkSlos({ product, report }: ProductContext): void {
  for (const [name, slo] of entries(product.slos)) {
    const target = shareOf(slo.target);
    if (target <= 0 || target >= 1)
      report(
        "bad-target",
        ["slos", name, "target"],
        `the SLO ${shown(name)} has a target of ${slo.target}, which leaves ${target >= 1 ? "no room for a single failure" : "nothing to miss"}`,
        "use a target between, as 99.9%",
      );
    if (!ratios.has(slo.of.measure) && slo.within === undefined && slo.of.measure !== "promql")
      report(
        "bad-target",
        ["slos", name],
        `the SLO ${shown(name)} is about ${slo.of.measure}, but does not say what is still good`,
        'add within, as within: "500ms"',
      );
    if (spanMs(slo.over, "30d") < spanMs("1h", "1h"))
      report(
        "window-too-short",
        ["slos", name, "over"],
        `an SLO over ${slo.over} is an alert`,
        "use a day or more; 30d is usual",
      );
  }
}

/** How CloudWatch's alarms are written matters where CloudWatch watches something. */
export function checkTools({ product, report }: ProductContext): void {
  const { tools } = product;
  if (tools?.cloudwatch === undefined) return;
  const places = Object.values(product.environments).flatMap((one) => ("switch" in one ? Object.values(one.cases) : [one]));
  const aws = places.filter(({ cloud, managed }) => cloud === "aws" && managed !== "elsewhere");
  const named = [tools.metrics ?? [], tools.alerts ?? []].flat();
  const asked =
    aws.some((one) => one.cloud === "aws" && one.runs === "ecs") || named.some((one) => one === "cloud" || one === "cloudwatch");
  if (aws.length > 0 && asked) return;
  report(
    "without-effect",
    ["tools", "cloudwatch"],
    aws.length === 0
      ? `no environment of ${product.name} is in AWS, so CloudWatch has no alarms`
      : `none of the tools of ${product.name} is CloudWatch, so it has no alarms`,
    aws.length === 0 ? "leave it out" : 'add "cloudwatch" to metrics, or leave it out',
  );
}

/** Money that nobody is told about is not watched. */
export function checkBudgets({ here, name, report }: EnvironmentContext): void {
  for (const [path, budget] of [
    [["budget"], here.budget],
    [["limits", "spend"], here.limits?.spend],
  ] as const) {
    if (!budget) continue;
    if ((budget.to ?? []).length === 0)
      report(
        "budget-without-channel",
        path,
        `${name} has a budget, but nobody is told when it is used up`,
        "name a channel: to: channel.slack(…)",
      );
    if (budget.monthly === undefined && budget.daily === undefined)
      report("missing", path, `${name} has a budget of nothing`, "say monthly or daily");
    let before = -1;
    for (const [index, at] of (budget.alertAt ?? []).entries()) {
      if (shareOf(at) <= before)
        report(
          "weights-do-not-rise",
          [...path, "alertAt", index],
          `the budget's alerts go from ${budget.alertAt?.[index - 1]} to ${at}`,
          "put them in rising order",
        );
      before = shareOf(at);
    }
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
