import type { TrafficSeen } from "../../delivery/observed.ts";

/** Who answers a service's requests for a while. */
export type Side = {
  readonly revision: string;
  readonly weightPercent: number;
  /** Replicas that are ready. Requests that come while there are none fail. */
  readonly ready: number;
  /** Since when it is ready, or starts. */
  readonly sinceMs: number;
};

/** Where requests come from, and what becomes of them. */
export type TrafficSource = {
  /** Whether what was asked up to this very moment is counted, or only what was up to the last tick, as whoever scrapes sees it. */
  readonly counts: "at once" | "at ticks";
  /** So much time passes in which nothing changes about who answers. */
  flow(service: string, fromMs: number, untilMs: number, sides: readonly Side[]): void;
  seen(service: string, revision: string): TrafficSeen;
  crashed(service: string, revision: string): void;
};
