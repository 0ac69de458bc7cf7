import { cloudWatchAlarmOf } from "../../../signals/measures/cloudwatch/classic.ts";
import type { CloudWatchQuery } from "../../../signals/measures/cloudwatch/alarm.ts";
import type { SignalData } from "../../../signals/measures/spec-data.ts";
import { slugs } from "../../names.ts";
import { type Value, expression, valueText } from "../../text/hcl.ts";
import { asksCloudWatch, queryValues, unknownIn } from "./alarms.ts";
import type { Place } from "./place.ts";

// Dashboards of CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

/** The spec's dashboards, by name, as far as AWS measures what they show; what it does not, they say in its place. */
export function dashboardsInCloudWatch(place: Place): Readonly<Record<string, Value>> | undefined {
  const all = Object.entries(place.environment.dashboards);
  if (!asksCloudWatch(place) || !asksForDashboards(place) || all.length === 0) return undefined;
  const names = slugs(all.map(([name]) => name));
  const written = all.flatMap(([name, { charts }]): [string, Value][] => {
    const widgets = charts.map((chart, index) => widgetOf(place, chart, index));
    // Of some dashboards AWS measures nothing at all.
    if (widgets.every(({ type }) => type === "text")) return [];
    return [[names.get(name) ?? name, expression(`jsonencode(${valueText({ widgets }, "    ")})`)]];
  });
  return written.length === 0 ? undefined : Object.fromEntries(written);
}

function asksForDashboards({ environment: { tools } }: Place): boolean {
  return tools?.dashboards !== "grafana" || tools.metrics?.includes("cloudwatch") === true;
}

type Chart = Place["environment"]["dashboards"][string]["charts"][number];

function widgetOf(place: Place, { title, shows, as }: Chart, index: number): { readonly [key: string]: Value } {
  const at = { x: (index % 2) * 12, y: Math.floor(index / 2) * 6, width: 12, height: 6 };
  const found = shows.map((signal) => queriesOf(place, signal));
  const metrics = found.flatMap((queries, which) => (typeof queries === "string" ? [] : lines(queries, which)));
  if (metrics.length === 0) {
    const reasons = [...new Set(found.filter((one) => typeof one === "string"))];
    return { type: "text", ...at, properties: { markdown: `**${title}** is not drawn here: ${reasons.join("; ")}` } };
  }
  return {
    type: "metric",
    ...at,
    properties: {
      title,
      region: expression("var.region"),
      view: { line: "timeSeries", bar: "bar", number: "singleValue", table: "table" }[as ?? "line"],
      metrics,
    },
  };
}

/** What an alarm on the signal would look at. */
function queriesOf(place: Place, signal: SignalData): readonly CloudWatchQuery[] | string {
  const asked = cloudWatchAlarmOf({ kind: "condition", signal, is: "above", value: 0, minimumRequests: 1 }, place.environment);
  if (asked.is === "refused") return asked.reason;
  if (asked.is !== "alarm") return "it is no metric of AWS's";
  const unknown = asked.queries.flatMap((query) => ("metric" in query ? unknownIn(place, query.metric) : []))[0];
  return unknown ?? asked.queries;
}

/** Only what is compared is drawn; what it is reckoned from is there, and hidden. */
function lines(queries: readonly CloudWatchQuery[], which: number): readonly Value[] {
  const ids = queries.map(({ id }) => id);
  const renamed = (text: string) => ids.reduce((all, id) => all.replace(new RegExp(`\\b${id}\\b`, "g"), `${id}${which}`), text);
  const all = queries.flatMap((query) =>
    queryValues(
      "metric" in query
        ? { ...query, id: renamed(query.id) }
        : { ...query, id: renamed(query.id), expression: renamed(query.expression) },
    ),
  ) as readonly Readonly<Record<string, Value>>[];
  return all.map((query, index): Value => {
    const visible = index === all.length - 1;
    const {
      id,
      expression: math,
      label,
      metric,
    } = query as {
      readonly id: string;
      readonly expression?: string;
      readonly label?: string;
      readonly metric?: MetricValue;
    };
    if (metric === undefined) return [{ id, expression: math, label, ...(visible ? {} : { visible: false }) }];
    const dimensions = Object.entries(metric.dimensions).flat();
    const options = { id, stat: metric.statistic, period: metric.period_seconds, ...(visible ? {} : { visible: false }) };
    return [metric.namespace, metric.name, ...dimensions, options];
  });
}

type MetricValue = {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: string;
  readonly period_seconds: number;
  readonly dimensions: Readonly<Record<string, Value>>;
};
