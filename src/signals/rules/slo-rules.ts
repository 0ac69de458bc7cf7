import { durationMs, parseDurationMs, shareOf } from "../../lib/quantities.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { bucketAt, edgesAround, isEdge } from "../measures/edges.ts";
import { measureOf } from "../measures/expression-of.ts";
import type { Measured } from "../measures/measured.ts";
import { badRecording, totalRecording } from "../measures/native/burn.ts";
import { type Selector, durationText, numberText, selectorText } from "../measures/promql-text.ts";
import { recordedMs, shapeText } from "../measures/shape.ts";
import { parsePromql } from "../promql/parse.ts";
import { printPromql } from "../promql/print.ts";
import { idOf } from "./names.ts";
import type { LeftOut, Recording, SloRule } from "./ruleset.ts";

type Slo = Environment["slos"][string];
type Parts = { readonly bad: string; readonly total: string };

/**
 * What SLOs record. What was bad and what there was stand apart: the share over a month is the sum of one over the sum of the other,
 * and a mean of shares would let a quiet night weigh as much as a busy day.
 */
export function slosOf(environment: Environment): {
  readonly slos: readonly SloRule[];
  readonly recordings: readonly Recording[];
  readonly leftOut: readonly LeftOut[];
} {
  const slos: SloRule[] = [];
  const recordings: Recording[] = [];
  const leftOut: LeftOut[] = [];
  for (const [name, slo] of Object.entries(environment.slos)) {
    const parts = partsOf(slo, environment);
    if ("reason" in parts) {
      leftOut.push({ name, path: ["slos", name], reason: parts.reason });
      continue;
    }
    const owner = refName(slo.owner, "roles");
    const labels = { slo: name };
    slos.push({
      name,
      id: idOf(name),
      target: shareOf(slo.target),
      windowMs: durationMs(slo.over),
      bad: selectorText({ metric: badRecording, matchers: [{ name: "slo", op: "=", value: name }] }),
      total: selectorText({ metric: totalRecording, matchers: [{ name: "slo", op: "=", value: name }] }),
      ...(owner === undefined ? {} : { owner }),
    });
    recordings.push(
      { kind: "recording", record: badRecording, expr: parts.bad, labels },
      { kind: "recording", record: totalRecording, expr: parts.total, labels },
    );
  }
  return { slos, recordings, leftOut };
}

/** What of an SLO is bad and what there is in all, as rates a second; or why it cannot be counted. */
export function partsOf(slo: Slo, environment: Environment): Parts | { readonly reason: string } {
  const signal = { ...slo.of, over: undefined };
  const measured = measureOf({ kind: "condition", signal: slo.of, is: "above", value: "1%" }, environment);
  const plain = measureOf(signal, environment);
  if (plain.is === "refused") return { reason: plain.reason };
  if (measured.is === "refused") return { reason: measured.reason };
  const found = countedParts(slo, measured) ?? timedParts(slo, plain);
  if ("reason" in found) return found;
  const canonical = { bad: printed(found.bad), total: printed(found.total) };
  const wrong = [canonical.bad, canonical.total].find((one) => typeof one !== "string");
  if (wrong !== undefined && typeof wrong !== "string") return wrong;
  return canonical as Parts;
}

function printed(text: string): string | { readonly reason: string } {
  const parsed = parsePromql(text);
  return parsed.ok ? printPromql(parsed.expr) : { reason: parsed.problems.map(({ message }) => message).join("; ") };
}

const window = `[${durationText(recordedMs)}]`;
const rate = (of: Selector): string => `sum(rate(${selectorText(of)}${window}))`;

/** Requests, jobs and checks are counted one by one. */
function countedParts(slo: Slo, { shape, traffic }: Measured): Parts | { readonly reason: string } | undefined {
  switch (shape.is) {
    case "share": {
      const total = shape.whole.map(rate).join(" + ");
      const part = `(${rate(shape.part)} or 0 * (${total}))`;
      return { bad: slo.of.measure === "hitRate" ? `${total} - ${part}` : part, total };
    }
    case "quantile":
    case "mean": {
      if (slo.within === undefined || traffic === undefined) return undefined;
      const seconds = durationMs(slo.within) / 1_000;
      if (!isEdge(seconds))
        return {
          reason: `${slo.within} is no edge of the usual buckets, so nobody counts what was slower: take ${edgesAround(seconds)
            .map((edge) => `${edge} s`)
            .join(" or ")}`,
        };
      const buckets = { metric: traffic.metric.replace(/_count$/, "_bucket"), matchers: traffic.matchers };
      return { bad: `${rate(traffic)} - ${rate(bucketAt(buckets, seconds))}`, total: rate(traffic) };
    }
    case "gauge": {
      if (slo.of.measure !== "uptime") return undefined;
      const of = selectorText(shape.of);
      const seconds = recordedMs / 1_000;
      return {
        bad: `sum(count_over_time(${of}${window}) - sum_over_time(${of}${window})) / ${seconds}`,
        total: `sum(count_over_time(${of}${window})) / ${seconds}`,
      };
    }
    default:
      return undefined;
  }
}

/** Lower is worse. */
const goodWhenHigh: ReadonlySet<string> = new Set([
  "uptime",
  "hitRate",
  "certificateLeft",
  "budgetLeft",
  "throughput",
  "requests",
]);

/** What just stands there is bad for as long as it is beyond what is still good. */
function timedParts(slo: Slo, measured: Measured): Parts | { readonly reason: string } {
  const value = shapeText(measured.shape, [], { overMs: recordedMs, said: false });
  if (slo.of.measure === "promql" && slo.within === undefined)
    return { bad: `clamp(max(${value}), 0, 1)`, total: `0 * max(${value}) + 1` };
  const ms = slo.within === undefined ? undefined : parseDurationMs(slo.within);
  if (ms === undefined) return { reason: `an SLO of ${slo.of.measure} has to say within what it is good` };
  const sign = goodWhenHigh.has(slo.of.measure) ? "<" : ">";
  const limit = numberText(ms / 1_000 / (measured.scale ?? 1));
  return { bad: `max(${value}) ${sign} bool ${limit}`, total: `0 * max(${value}) + 1` };
}
