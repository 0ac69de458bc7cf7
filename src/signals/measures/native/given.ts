import { type About, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, refused } from "../measured.ts";
import type { Shape } from "../shape.ts";
import type { Asking } from "./asking.ts";
import { percentile } from "../requests-as.ts";

/** What the product counts itself, and expressions that the spec writes out. */
export function given({ signal }: Asking, about: About): Measured | NotMeasured {
  if (signal.measure === "promql") {
    if (signal.expression === undefined) return refused("there is no expression");
    if (signal.where !== undefined || (signal.by ?? []).length > 0)
      return refused("labels of an expression are said in the expression, not with by and where");
    return {
      is: "measured",
      shape: { is: "text", expr: signal.expression },
      unit: signal.unit ?? "",
      own: [],
      says: signal.expression,
    };
  }
  const { metric, type, quantile } = signal;
  if (metric === undefined) return refused("there is no metric");
  const labels = about.kind === "service" ? { service: about.name } : about.kind === "resource" ? { resource: about.name } : {};
  const own = Object.keys(labels);
  const of = (suffix = "") => metricWith(`${metric}${suffix}`, labels, signal);
  const whose = about.kind === "service" || about.kind === "resource" ? `${metric} of ${about.name}` : metric;
  const measured = (shape: Shape, unit: string, says: string): Measured => ({ is: "measured", shape, unit, own, says });
  if (type === "histogram" || quantile !== undefined)
    return quantile === undefined
      ? measured({ is: "mean", sum: of("_sum"), count: of("_count") }, signal.unit ?? "", `the mean of ${whose}`)
      : {
          ...measured(
            { is: "quantile", quantile, buckets: of("_bucket") },
            signal.unit ?? "",
            `${whose} at most, for ${percentile(quantile)}`,
          ),
          traffic: of("_count"),
        };
  if (type === "counter" || (type === undefined && metric.endsWith("_total")))
    return signal.over === undefined
      ? measured({ is: "rate", of: of() }, perSecond(signal.unit), `${whose}, a second`)
      : measured({ is: "increase", of: of() }, signal.unit ?? "count", `by how much ${whose} grew`);
  return measured({ is: "gauge", of: of(), fold: "sum" }, signal.unit ?? "", whose);
}

function perSecond(unit: string | undefined): string {
  return unit === undefined ? "per second" : `${unit} per second`;
}
