import type {
  CloudWatchAlarm,
  CloudWatchMetric,
  CloudWatchQuery,
  CloudWatchThreshold,
  DimensionOf,
} from "../../../signals/measures/cloudwatch/alarm.ts";
import { cloudWatchAlarmOf } from "../../../signals/measures/cloudwatch/classic.ts";
import { promqlAlarmOf } from "../../../signals/measures/cloudwatch/promql-alarm.ts";
import type { AlertRule, Exactness } from "../../../signals/rules/ruleset.ts";
import { rulesOf } from "../../../signals/rules/rules-of.ts";
import { type Value, expression, quoted } from "../../text/hcl.ts";
import { type Place, label, out } from "./place.ts";
import { asksForPromql } from "./provider.ts";
import { ownOf } from "./resources.ts";

/** An alert as CloudWatch watches it, in the module's words; or how else it is held. */
export type Held = { readonly rule: AlertRule } & (
  | { readonly alarms: Readonly<Record<string, Value>>; readonly composite?: Value; readonly exactness: Exactness }
  | { readonly promql: Value; readonly exactness: Exactness }
  | { readonly by: string; readonly exactness: Exactness }
  | { readonly refused: string }
);

/** CloudWatch watches where the spec's tools name it; on ECS it always does, since releases ask it. */
export function asksCloudWatch({
  environment: { tools, runs },
}: {
  readonly environment: Pick<Place["environment"], "tools" | "runs">;
}): boolean {
  if (tools === undefined || runs === "ecs") return true;
  const { metrics = [], alerts = [] } = tools;
  return metrics.includes("cloudwatch") || metrics.includes("cloud") || alerts.includes("cloud");
}

export function heldInCloudWatch(place: Place): readonly Held[] {
  return asksCloudWatch(place) ? rulesOf(place.environment).alerts.map((rule) => heldOf(place, rule)) : [];
}

/** In metric math, over what AWS measures itself; where that is not just what the spec says, in PromQL if the spec asks for it. */
function heldOf(place: Place, rule: AlertRule): Held {
  const classic = inMetricMath(place, rule);
  const exact = "exactness" in classic && classic.exactness.is === "exact";
  if (exact || !asksForPromql(place.environment)) return classic;
  const asked = promqlAlarmOf(rule, place.environment);
  if (asked.is === "refused") return "refused" in classic ? { rule, refused: both(classic.refused, asked.reason) } : classic;
  // Neither is quite it: AWS's own measure needs nobody to send anything.
  if (asked.exactness.is !== "exact" && !("refused" in classic)) return classic;
  return {
    rule,
    promql: {
      description: descriptionOf(rule, asked),
      query: asked.query,
      every_seconds: asked.everySeconds === 60 ? undefined : asked.everySeconds,
      pending_seconds: asked.pendingSeconds === 0 ? undefined : asked.pendingSeconds,
      recovery_seconds: asked.recoverySeconds === 0 ? undefined : asked.recoverySeconds,
    },
    exactness: asked.exactness,
  };
}

function both(math: string, promql: string): string {
  return math === promql ? math : `in metric math: ${math}; in PromQL: ${promql}`;
}

function inMetricMath(place: Place, rule: AlertRule): Held {
  if (rule.when === undefined) return { rule, refused: "an alarm is about what is measured, and not about what no longer is" };
  const asked = cloudWatchAlarmOf(rule.when, place.environment);
  switch (asked.is) {
    case "refused":
      return { rule, refused: asked.reason };
    case "budget":
      return asked.every === "MONTHLY"
        ? { rule, by: "the account's budget", exactness: asked.exactness }
        : { rule, refused: "the account's budget is one of months" };
    case "alarm": {
      const alarm = alarmValue(place, rule, asked, false);
      if (typeof alarm === "string") return { rule, refused: alarm };
      return { rule, alarms: { [rule.name]: alarm }, exactness: asked.exactness };
    }
    case "composite": {
      const parts = asked.parts.map((one) => [`${rule.name}: ${windowOf(one)}`, alarmValue(place, rule, one, true)] as const);
      const refused = parts.map(([, value]) => value).find((value) => typeof value === "string");
      if (typeof refused === "string") return { rule, refused };
      return {
        rule,
        alarms: Object.fromEntries(parts),
        composite: { description: descriptionOf(rule, asked), joined: asked.joined, of: parts.map(([name]) => name) },
        exactness: asked.exactness,
      };
    }
  }
}

/** The value for the module; or why there is none. */
function alarmValue(place: Place, rule: AlertRule, alarm: CloudWatchAlarm, quiet: boolean): Value {
  const unknown = alarm.queries.flatMap((query) => ("metric" in query ? unknownIn(place, query.metric) : []))[0];
  if (unknown !== undefined) return unknown;
  return {
    description: descriptionOf(rule, alarm),
    comparison: alarm.comparison,
    threshold: thresholdValue(alarm.threshold),
    periods: alarm.evaluationPeriods === 1 ? undefined : alarm.evaluationPeriods,
    missing: alarm.treatMissingData === "missing" ? undefined : alarm.treatMissingData,
    quiet: quiet ? true : undefined,
    each: eachOf(alarm),
    queries: alarm.queries.flatMap((query) => queryValues(query, true)),
  };
}

/** Nodes of a cache and replicas of a database are measured apart: each has an alarm of its own. */
function eachOf({ queries }: CloudWatchAlarm): Value | undefined {
  for (const query of queries)
    if ("metric" in query)
      for (const [dimension, of] of Object.entries(query.metric.dimensions)) {
        const several = severalOf(of, query.metric.namespace);
        if (several !== undefined) return { dimension, of: several };
      }
  return undefined;
}

function severalOf(of: DimensionOf, namespace: string): Value | undefined {
  if (of.kind === "replica") return expression(`module.${label(of.name)}.replica_identifiers`);
  if (of.kind !== "resource" || namespace !== "AWS/ElastiCache") return undefined;
  return expression(`{ for node in module.${label(of.name)}.node_ids : node => node }`);
}

/** What it is not quite stands where it is read: in the alarm itself. */
function descriptionOf(rule: AlertRule, { says, exactness }: { readonly says: string; readonly exactness: Exactness }): string {
  const approximate = exactness.is === "exact" ? "" : ` Approximate: ${exactness.reason}.`;
  return `${rule.description ?? says}.${approximate}`.replace("..", ".").slice(0, 1_024);
}

function windowOf({ queries }: CloudWatchAlarm): string {
  const seconds = Math.max(...queries.map((one) => ("metric" in one ? one.metric.periodSeconds : 0)));
  return `${seconds / 60} minutes`;
}

function thresholdValue(threshold: CloudWatchThreshold): Value {
  if (typeof threshold === "number") return threshold;
  const id = label(threshold.resource);
  return expression(
    threshold.of === "max connections"
      ? `${threshold.share} * var.${id}.max_connections`
      : `${threshold.share} * var.${id}.storage_gib * pow(1024, 3)`,
  );
}

const colours = ["blue", "green"] as const;

/** Whichever of a service's two groups serves: what they count is added up, and of what they take the longer counts. */
export function queryValues(query: CloudWatchQuery, each = false): readonly Value[] {
  if (!("metric" in query)) return [{ id: query.id, expression: query.expression, label: query.label }];
  const { id, metric } = query;
  const group = Object.values(metric.dimensions).some(({ kind }) => kind === "target group");
  if (!group) return [{ id, metric: metricValue(metric, "blue", each) }];
  const filled = colours.map((colour) => `FILL(${id}_${colour}, 0)`);
  return [
    ...colours.map((colour) => ({ id: `${id}_${colour}`, metric: metricValue(metric, colour) })),
    { id, expression: metric.statistic === "Sum" ? filled.join(" + ") : `MAX([${filled.join(", ")}])`, label: metric.name },
  ];
}

function metricValue(metric: CloudWatchMetric, colour: (typeof colours)[number], each = false): Value {
  return {
    namespace: metric.namespace,
    name: metric.name,
    statistic: metric.statistic,
    period_seconds: metric.periodSeconds,
    dimensions: Object.fromEntries(
      Object.entries(metric.dimensions)
        .filter(([, of]) => !each || severalOf(of, metric.namespace) === undefined)
        .map(([name, of]) => [name, dimensionValue(of, metric.namespace, colour)]),
    ),
  };
}

function dimensionValue(of: DimensionOf, namespace: string, colour: (typeof colours)[number]): Value {
  switch (of.kind) {
    case "load balancer":
      return out("load_balancer", "arn_suffix");
    case "target group":
      return expression(`module.load_balancer.target_groups[${quoted(of.service)}].${colour}.arn_suffix`);
    case "certificate":
      return out("certificate", "certificate_arn");
    case "cluster":
      return out("cluster", "name");
    case "service":
      return of.name;
    case "replica":
      return expression(`values(module.${label(of.name)}.replica_identifiers)[0]`);
    case "resource":
      return namespace === "AWS/ElastiCache"
        ? expression(`sort(module.${label(of.name)}.node_ids)[0]`)
        : out(label(of.name), "identifier");
    case "text":
      return of.text;
  }
}

/** Names that this root does not know. */
export function unknownIn(place: Place, { dimensions }: CloudWatchMetric): readonly string[] {
  return Object.values(dimensions).flatMap((of) => {
    if (of.kind === "resource") {
      const found = (["postgres", "redis"] as const).some((kind) => ownOf(place, kind).some(([name]) => name === of.name));
      return found ? [] : [`this root makes no ${of.name}`];
    }
    if (of.kind !== "replica") return [];
    const { replicas = [] } = ownOf(place, "postgres").find(([name]) => name === of.name)?.[1] ?? {};
    const here = replicas.some(({ region }) => region === undefined || region === place.region);
    return here ? [] : [`${of.name} has no replica in ${place.region}`];
  });
}
