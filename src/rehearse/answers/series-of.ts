import type { Selector } from "../../signals/measures/promql-text.ts";

/** A counter that a rehearsal has: of a service, or of one of its revisions. */
export type Series = {
  readonly of: "requests" | "errors" | "latency" | "timed";
  readonly service: string;
  readonly revision?: string;
};

/** An SLO as the counters of what was bad and of all there was. */
export type SloSeries = {
  readonly name: string;
  readonly target: number;
  readonly windowMs: number;
  readonly bad: Series;
  readonly all: Series;
};

/** What a selector of measures selects here; undefined where it asks for anything that is not told apart. */
export function seriesOf(selector: Selector | undefined): Series | undefined {
  if (selector === undefined) return undefined;
  const { metric, matchers } = selector;
  let [service, revision]: [string | undefined, string | undefined] = [undefined, undefined];
  let failed = false;
  for (const { name, op, value } of matchers) {
    if (name === "service" && op === "=") service = value;
    else if (name === "revision" && op === "=") revision = value;
    else if (name === "status" && op === "=~" && value === "5..") failed = true;
    else return undefined;
  }
  const of = kindOf(metric, failed);
  if (service === undefined || of === undefined) return undefined;
  return { of, service, ...(revision === undefined ? {} : { revision }) };
}

function kindOf(metric: string, failed: boolean): Series["of"] | undefined {
  if (metric === "http_requests_total") return failed ? "errors" : "requests";
  if (failed) return undefined;
  if (metric === "http_request_duration_seconds_bucket") return "latency";
  return metric === "http_request_duration_seconds_count" ? "timed" : undefined;
}
