import type { TrafficShape } from "../traffic/shape.ts";
import type { LatencyProfile } from "./latency.ts";

/** What a service is like when nothing is wrong with it; plain data. */
export type Life = {
  readonly traffic: TrafficShape;
  /** Of the requests to any revision. */
  readonly errorRate: number;
  readonly latency: LatencyProfile;
  /** How far the error rate of a revision strays from one minute to the next, as a relative deviation: errors come in bursts. */
  readonly bursts: number;
  /** Who come again and again, and stay on the side that they were sent to. */
  readonly users: number;
  /** Until a new replica answers. */
  readonly readyAfterMs: number;
  /** For so long after that its answers take so many times as long. */
  readonly warmUp: { readonly forMs: number; readonly times: number };
  /** What one replica bears; more are started while there is more, and what is too much fails meanwhile. Absent: as much as comes. */
  readonly capacity?: { readonly perReplica: number; readonly most: number };
};

export const usualLife: Omit<Life, "traffic"> = {
  errorRate: 0.001,
  latency: { medianMs: 80, width: 1, tailShare: 0.02, tailTimes: 5 },
  bursts: 0,
  users: 10_000,
  readyAfterMs: 20_000,
  warmUp: { forMs: 30_000, times: 1.5 },
};
