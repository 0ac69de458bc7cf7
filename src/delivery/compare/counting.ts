import type { TrafficSeen } from "../observed.ts";

// From counters to what a window has seen. What comes from outside may be anything: it is made whole numbers that the sums can bear.

const mostCounted = 2 ** 48;

export function readTraffic(seen: TrafficSeen): TrafficSeen {
  const requests = whole(seen.requests);
  return { requests, errors: Math.min(whole(seen.errors), requests), latency: seen.latency.map(whole) };
}

/**
 * What came between two looks. A counter that has fallen began anew: what it shows came since. Of buckets that are others than before nothing
 * is known.
 */
export function between(before: TrafficSeen, now: TrafficSeen): TrafficSeen {
  const alike = now.latency.length === before.latency.length;
  const since = now.latency.map((count, bucket) => count - (before.latency[bucket] ?? 0));
  let began = now.requests < before.requests || now.errors < before.errors;
  if (alike) for (const count of since) began ||= count < 0;
  if (began) return now;
  const requests = now.requests - before.requests;
  return { requests, errors: Math.min(now.errors - before.errors, requests), latency: alike ? since : [] };
}

export function sum(counts: readonly number[]): number {
  let total = 0;
  for (let at = 0; at < counts.length; at++) total += counts[at] ?? 0;
  return total;
}

/** Most are small, and are made what a machine counts with: of a fraction that happens to be whole everything made of it would be one. */
function whole(count: unknown): number {
  if (typeof count !== "number" || !(count >= 1)) return 0;
  return count < 2 ** 31 ? count | 0 : Math.min(Math.floor(count), mostCounted);
}
