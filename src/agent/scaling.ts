import type { RevisionScale } from "../wire/machine.ts";

// How many replicas a revision should have. Pure: what was seen goes in, a number comes out.

export type Load = {
  /** How many there are to be at the moment. */
  readonly wanted: number;
  /** Requests in flight, smoothed. */
  readonly inFlight: number;
  /** Cores in use, over all replicas. */
  readonly cpu: number;
  /** Since the last request ended, or the first replica was ready, whichever is later. */
  readonly quietMs: number;
  /** How long fewer would have done. */
  readonly lowMs: number;
  /** Nothing is asked of it, and it is kept only for going back to. */
  readonly resting: boolean;
};

/** Fewer only after this long, so that a pause between two waves costs no start. */
export const calmMs = 30_000;
const restingIdleMs = 60_000;

function leastOf(scale: RevisionScale, resting = false): number {
  return resting || scale.idleMs !== undefined ? 0 : Math.min(scale.max, Math.max(1, scale.min));
}

/** As many as a start needs, whatever is idle afterwards. */
export function startWith(scale: RevisionScale): number {
  return Math.min(scale.max, Math.max(1, scale.min));
}

/** What the load asks for, whatever there is. */
export function neededFor(scale: RevisionScale, load: Pick<Load, "inFlight" | "cpu">): number {
  const byRequests = scale.inFlight === undefined ? 0 : Math.ceil(load.inFlight / scale.inFlight);
  const byCpu = scale.cpu === undefined ? 0 : Math.ceil(load.cpu / scale.cpu - 0.1);
  return Math.min(scale.max, Math.max(startWith(scale), byRequests, byCpu));
}

export function wantedReplicas(scale: RevisionScale, load: Load): number {
  // What sleeps is woken by a request, not by a look at the load.
  if (load.wanted === 0) return 0;
  const idleMs = load.resting ? restingIdleMs : scale.idleMs;
  if (idleMs !== undefined && load.inFlight < 0.01 && load.quietMs >= idleMs) return leastOf(scale, load.resting);
  const needed = neededFor(scale, load);
  if (needed > load.wanted) return needed;
  return needed < load.wanted && load.lowMs >= calmMs ? load.wanted - 1 : load.wanted;
}
