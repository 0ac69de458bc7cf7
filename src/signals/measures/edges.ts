import { type Selector, literally } from "./promql-text.ts";

// What a histogram knows exactly is how many were at most as long as an edge of its buckets. Between two edges it guesses.

/** The edges that Prometheus' client libraries have unless they are told otherwise, in seconds. The gateway has them too. */
export const usualEdges: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function isEdge(seconds: number): boolean {
  return usualEdges.includes(seconds);
}

/** The edges around a value that is none. */
export function edgesAround(seconds: number): readonly number[] {
  const below = usualEdges.findLast((edge) => edge < seconds);
  const above = usualEdges.find((edge) => edge > seconds);
  return [below, above].filter((edge) => edge !== undefined);
}

/** The bucket with one edge. Prometheus 3 writes whole numbers as "1.0", those before it as "1". */
export function bucketAt(buckets: Selector, seconds: number): Selector {
  const text = String(seconds);
  const whole = Number.isInteger(seconds);
  const matcher = whole
    ? ({ name: "le", op: "=~", value: `${literally(text)}(\\.0)?` } as const)
    : ({ name: "le", op: "=", value: text } as const);
  return { metric: buckets.metric, matchers: [...buckets.matchers, matcher] };
}
