import { usualEdges } from "../measures/edges.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import { thresholdOf } from "../measures/threshold.ts";
import { type Drawn, type Pace, type SeriesValues, grown, named } from "./drawn.ts";

// The few ways in which something is measured, each as series.

type Labels = Readonly<Record<string, string>>;
type Series = Drawn["series"];

export function gauge(metric: string, labels: Labels, times = 1): Series {
  return (levels) => ({ [named(metric, labels)]: levels.map((level) => level * times) });
}

/** Some of a limit that does not change. */
export function ofLimit(used: string, limit: string, labels: Labels, most: number): Series {
  return (levels) => ({
    [named(used, labels)]: levels.map((level) => level * most),
    [named(limit, labels)]: levels.map(() => most),
  });
}

/** Some of all that are counted have a label's one value, the others its other. */
export function counted(
  metric: string,
  labels: Labels,
  { name, bad, good }: { readonly name: string; readonly bad: string; readonly good: string },
): Series {
  return (levels, { each }) => ({
    [named(metric, { ...labels, [name]: bad })]: grown(levels.map((level) => level * each)),
    [named(metric, { ...labels, [name]: good })]: grown(levels.map((level) => (1 - level) * each)),
  });
}

/** So many in a window. */
export function inWindow(metric: string, labels: Labels, windowMs: number): Series {
  return (levels, { stepSeconds }) => ({
    [named(metric, labels)]: grown(levels.map((level) => (level * stepSeconds * 1_000) / windowMs)),
  });
}

/** So many a second. */
export function perSecond(metric: string, labels: Labels, times = 1): Series {
  return inWindow(metric, labels, 1_000 / times);
}

/** The sum of what each took, and how many there were. */
export function mean(metric: string, labels: Labels): Series {
  return (levels, { each }) => ({
    [named(`${metric}_sum`, labels)]: grown(levels.map((level) => level * each)),
    [named(`${metric}_count`, labels)]: grown(levels.map(() => each)),
  });
}

/** Some of all take longer than an edge, all others less. */
export function slower(metric: string, labels: Labels, seconds: number): Series {
  return (levels, pace) =>
    histogram(metric, labels, pace, levels, usualEdges, (edge, level) => (edge < seconds ? 0 : edge === seconds ? 1 - level : 1));
}

/**
 * A quantile near a threshold. Levels are how much less than the quantile stays below the threshold: 0 is the threshold, what is
 * above it is slower. Around the threshold requests lie evenly between the edges of its bucket, as a histogram takes it.
 */
export function quantile(metric: string, labels: Labels, of: number, seconds: number): Pick<Drawn, "scale" | "series"> {
  const edges = edgesAbout(seconds);
  const low = Math.max(0, ...edges.filter((edge) => edge < seconds));
  const high = Math.min(...edges.filter((edge) => edge > seconds));
  const isEdge = edges.includes(seconds);
  const room = Math.min(of, 1 - of);
  const spread = room * 0.8;
  const part = isEdge ? 1 : (seconds - low) / (high - low);
  const within = (edge: number, level: number): number => {
    if (level <= of - 1) return 1;
    if (level >= of) return edge > seconds ? 1 : 0;
    const at = of - level;
    if (edge === seconds) return at;
    if (edge === low) return low === 0 ? 0 : at - spread * part;
    if (edge === high) return isEdge ? at + spread : at + spread * (1 - part);
    return edge < seconds ? 0 : 1;
  };
  return {
    scale: { threshold: 0, apart: room * 0.1, least: of - 1, most: of },
    series: (levels, pace) => histogram(metric, labels, pace, levels, edges, within),
  };
}

/** How long something takes: a quantile, or the mean where none is asked for. */
export function timed(when: ConditionData, metric: string, labels: Readonly<Record<string, string>>): Omit<Drawn, "windowMs"> {
  const { quantile: part } = when.signal;
  const way = part === undefined ? { series: mean(metric, labels) } : quantile(metric, labels, part, thresholdOf(when.value));
  return { is: "drawn", values: "any", ...way };
}

/** The usual edges; what takes longer than they know has edges of its own. */
function edgesAbout(seconds: number): readonly number[] {
  const longest = Math.max(...usualEdges);
  return seconds < longest
    ? usualEdges
    : [...new Set([...usualEdges, seconds / 2, seconds, seconds * 2])].toSorted((a, b) => a - b);
}

function histogram(
  metric: string,
  labels: Labels,
  { each }: Pace,
  levels: readonly number[],
  edges: readonly number[],
  within: (edge: number, level: number) => number,
): SeriesValues {
  const bucket = (le: string) => named(`${metric}_bucket`, { ...labels, le });
  const all = grown(levels.map(() => each));
  return {
    ...Object.fromEntries(edges.map((edge) => [bucket(String(edge)), grown(levels.map((level) => within(edge, level) * each))])),
    [bucket("+Inf")]: all,
    [named(`${metric}_count`, labels)]: all,
  };
}
