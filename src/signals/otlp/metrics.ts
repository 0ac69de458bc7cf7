import type { Labels } from "../series.ts";
import { attributesOf, senderOf } from "./attributes.ts";
import { listOf, msOf, numberOf, numbersOf, recordOf, textOf } from "./loose.ts";
import { labelName, metricName } from "./metric-names.ts";
import type { Loose } from "./protobuf.ts";
import type { Taken } from "./spans.ts";

export type Point = {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
  /** How much it went up since the last one, instead of how much it is in all. */
  readonly delta: boolean;
  /** Nothing was measured: the series ends here. */
  readonly ended: boolean;
};

const mostBuckets = 512;
const cumulative = 2;

export function pointsOf(request: Loose): Taken<Point> {
  const records: Point[] = [];
  const reasons = new Set<string>();
  let rejected = 0;
  for (const resource of listOf(request, "resourceMetrics")) {
    const { service, revision, replica } = senderOf(attributesOf(recordOf(resource, "resource")));
    const about = { service, ...(revision === "" ? {} : { revision }), ...(replica === "" ? {} : { replica }) };
    for (const scope of listOf(resource, "scopeMetrics"))
      for (const metric of listOf(scope, "metrics"))
        for (const one of pointsOfMetric(metric, about))
          if (Array.isArray(one)) records.push(...one);
          else {
            rejected += 1;
            reasons.add(one);
          }
  }
  return { records, rejected, ...(rejected > 0 ? { reason: [...reasons].slice(0, 5).join("; ") } : {}) };
}

/** For each point its samples, or why it is not taken. */
function* pointsOfMetric(metric: Loose, about: Labels): Generator<Point[] | string> {
  const name = textOf(metric, "name").slice(0, 300);
  const unit = textOf(metric, "unit").slice(0, 60);
  const kind = ["gauge", "sum", "histogram", "summary", "exponentialHistogram"].find((one) => metric[one] !== undefined);
  const data = recordOf(metric, kind ?? "");
  const temporality = numberOf(data, "aggregationTemporality") ?? 0;
  const summed = kind === "sum" || kind === "histogram";
  const type =
    kind === "sum" && data["isMonotonic"] === true ? "counter" : kind === "histogram" || kind === "summary" ? "other" : "gauge";
  const known = metricName(name, unit, type);
  for (const point of listOf(data, "dataPoints")) {
    const timeMs = msOf(point, "timeUnixNano");
    if (name === "") yield "a metric has a name";
    else if (kind === "exponentialHistogram") yield "histograms need explicit bounds here";
    else if (timeMs === undefined) yield "a point has a time";
    else if (summed && temporality === 0) yield "a sum says whether it is in all or since the last one";
    else {
      const sample = (suffix: string, value: number, more: Labels = {}): Point => ({
        labels: { ...labelsOf(point), ...about, ...more, __name__: known + suffix },
        timeMs,
        value,
        delta: summed && temporality !== cumulative && type !== "gauge",
        ended: ((numberOf(point, "flags") ?? 0) & 1) === 1,
      });
      if (kind === "histogram") yield histogram(point, sample);
      else if (kind === "summary") yield summary(point, sample);
      else yield number(point, sample);
    }
  }
}

type Sample = (suffix: string, value: number, more?: Labels) => Point;

function number(point: Loose, sample: Sample): Point[] | string {
  const value = numberOf(point, "asDouble") ?? numberOf(point, "asInt");
  // What was not measured has no value.
  return value === undefined && numberOf(point, "flags") !== 1 ? "a point has a number" : [sample("", value ?? 0)];
}

function histogram(point: Loose, sample: Sample): Point[] | string {
  const counts = numbersOf(point, "bucketCounts");
  const bounds = numbersOf(point, "explicitBounds");
  if (counts.length > mostBuckets) return `a histogram has at most ${mostBuckets} buckets`;
  if (counts.length > 0 && counts.length !== bounds.length + 1) return "a histogram has one bucket more than it has bounds";
  let total = 0;
  const buckets = counts.slice(0, -1).map((count, index) => sample("_bucket", (total += count), { le: String(bounds[index]) }));
  const count = numberOf(point, "count") ?? 0;
  const sum = numberOf(point, "sum");
  return [
    ...buckets,
    sample("_bucket", count, { le: "+Inf" }),
    sample("_count", count),
    ...(sum === undefined ? [] : [sample("_sum", sum)]),
  ];
}

function summary(point: Loose, sample: Sample): Point[] {
  const quantiles = listOf(point, "quantileValues").slice(0, mostBuckets);
  return [
    ...quantiles.map((one) => sample("", numberOf(one, "value") ?? 0, { quantile: String(numberOf(one, "quantile") ?? 0) })),
    sample("_count", numberOf(point, "count") ?? 0),
    sample("_sum", numberOf(point, "sum") ?? 0),
  ];
}

function labelsOf(point: Loose): Labels {
  return Object.fromEntries(Object.entries(attributesOf(point)).map(([key, value]) => [labelName(key), String(value)]));
}
