import type { Answer } from "./gate.ts";

// What a look at the world has shown. The driver looks only for what `questionsOf` asks.

export type RevisionSeen = {
  readonly state: "starting" | "ready" | "idle" | "failed";
  readonly ready: number;
  readonly wanted: number;
  /** Since it was started. */
  readonly restarts: number;
  /** Why it failed, with the last lines. */
  readonly reason?: string;
  readonly tail?: readonly string[];
};

export type Share = { readonly revision: string; readonly weightPercent: number };

export type ServiceSeen = {
  readonly revisions: Readonly<Record<string, RevisionSeen>>;
  /** Who has the traffic now. */
  readonly shares: readonly Share[];
};

/** What a revision has answered since it was started; only grows, unless the counter began anew. */
export type TrafficSeen = {
  readonly requests: number;
  /** 5xx, and those that got no answer. */
  readonly errors: number;
  /** By the bounds of `latencyBoundsMs`, one more than there are bounds. */
  readonly latency: readonly number[];
  /** Users who are known again, and those of them whom it failed; since the traffic was divided by this salt. */
  readonly users?: { readonly salt: string; readonly seen: number; readonly failed: number; readonly more?: true };
};

export type TaskSeen = { readonly state: "running" | "passed" | "failed"; readonly because: string; readonly evidence?: unknown };

export type Observed = {
  readonly atMs: number;
  readonly services: Readonly<Record<string, ServiceSeen>>;
  /** By service and revision. */
  readonly traffic: Readonly<Record<string, Readonly<Record<string, TrafficSeen>>>>;
  /** By the id of the question. What could not be answered is absent, and never counts as a pass. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** By the id of the task. */
  readonly tasks: Readonly<Record<string, TaskSeen>>;
};
