// What the gateway counts, as it tells it. Counters only grow, so that a reader may miss a look.

/** Upper bounds of the latency buckets in milliseconds, the last one open. Fixed, so that two histograms add up bucket by bucket. */
export const latencyBoundsMs: readonly number[] = [
  0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1_000, 1_500, 2_000,
  2_500, 3_000, 5_000, 7_500, 10_000, 30_000, 60_000,
];

export type LatencyHistogram = {
  /** One more than there are bounds. */
  readonly counts: readonly number[];
  readonly sumMs: number;
};

export type RevisionTraffic = {
  readonly environment: string;
  readonly service: string;
  readonly revision: string;
  /** By the class of the answer: "2xx", "5xx", and "0xx" for those that got none. */
  readonly requests: Readonly<Record<string, number>>;
  readonly latency: LatencyHistogram;
  /** How long requests waited for a first replica to start. */
  readonly coldStart: LatencyHistogram;
  readonly inFlight: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly retries: number;
  /** Under the newest salt, where users stay on a side. */
  readonly users?: UsersSeen;
};

/** Users who came back by the name that tells them apart; those of them who got a 5xx or no answer. */
export type UsersSeen = {
  readonly salt: string;
  readonly seen: number;
  readonly failed: number;
  /** There were more than are told apart. */
  readonly more?: true;
};

/** How many lines of a service, or about its requests, were written down, and how many were left out as the spec says. */
export type LoggedLines = {
  readonly environment: string;
  readonly service: string;
  readonly written: number;
  readonly leftOut: number;
};

export type TrafficSnapshot = {
  readonly at: string;
  readonly revisions: readonly RevisionTraffic[];
  /** Of the gateway: a line for each request. */
  readonly logged?: readonly LoggedLines[];
  /** Of what services print themselves. */
  readonly printed?: readonly LoggedLines[];
};

/** A line of the gateway's access log. */
export type AccessLine = {
  readonly time: string;
  readonly environment: string;
  readonly service: string;
  readonly revision: string;
  readonly replica: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly trace_id: string;
  readonly span_id: string;
  /** Why it got no answer of the service's. */
  readonly fault?: string;
};
