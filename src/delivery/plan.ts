import type { Gate } from "./gate.ts";

/**
 * One step of a plan. All of them have one shape, so that a strategy is nothing but a list of steps: while a run stands at a step, the new
 * revisions have this share of the traffic; the step is over when everything it does is done, it has baked, and its gates have passed.
 */
export type Step = {
  /** As a person would call it: "before", "start", "10 %", "preview", "switch", "verify". */
  readonly name: string;
  /** The share of the new revisions, from 0 to 100. */
  readonly weightPercent: number;
  /** Whether the new revisions run. Traffic moves to them only once they are ready. */
  readonly runs: boolean;
  /** Set in a recreate: the old revisions stop first, and there is a gap. */
  readonly stopsOld?: boolean;
  /** Set in a blue-green: the new revisions can be seen under this tag, or at this host, before they take traffic. */
  readonly preview?: { readonly tag: string; readonly host?: string };
  /**
   * In a rolling update: so many of the old replicas have been replaced, of so many, with so many more than these at a time (`surge`), and
   * so many fewer (`unavailable`). A service with another number of replicas takes the same parts of its own.
   */
  readonly replaced?: { readonly replicas: number; readonly of: number; readonly surge: number; readonly unavailable: number };
  /** Services without traffic (workers, cron) change over in this step. */
  readonly workers: boolean;
  /** Done once each, in this order, before the gates are asked: snapshots, migrations. */
  readonly does: readonly Deed[];
  /** Counted from when the new revisions are ready and have their share. */
  readonly bakeMs: number;
  /** Asked at the end of the bake, unless a gate says otherwise. */
  readonly gates: readonly Gate[];
  /** The new revision is held against the old one while this step lasts. */
  readonly compares: boolean;
  /** Whatever is still open so long after the bake has failed. Approvals have an expiry of their own. */
  readonly deadlineMs: number;
};

/** A step of a resource that is done on the way: its name is what its answer is kept under. */
export type Deed = { readonly id: string; readonly step: "snapshot" | "migrate"; readonly resource: string };

/** How the new revision is held against the old one. */
export type Comparison = {
  /** So many times worse is still fine. */
  readonly tolerance: number;
  /** So many times worse is surely not fine: below it, it has passed. */
  readonly harmful: number;
  readonly alpha: number;
  readonly beta: number;
  readonly warmUpMs: number;
  /** Between two looks. */
  readonly windowMs: number;
  /** Upper bounds of the buckets in which latencies are counted; absent where nobody counts them. */
  readonly latencyBoundsMs?: readonly number[];
};

export type Plan = {
  readonly strategy: "canary" | "blue-green" | "rolling" | "recreate" | "rollback";
  readonly steps: readonly Step[];
  /** Asked at every look while new revisions have traffic: one that fails takes the release back. */
  readonly watches: readonly Gate[];
  readonly comparison?: Comparison;
  /** Afterwards the old revisions stay able to serve for so long, and the watches go on. */
  readonly windowMs: number;
  /** The old revisions go to rest so long after the switch. */
  readonly retireAfterMs: number;
  /** New revisions that are not ready after so long have failed. */
  readonly readyDeadlineMs: number;
  /** Between two looks at new revisions that have traffic. */
  readonly lookEveryMs: number;
  /**
   * Set where the environment has less room than the strategy would like: it may have so many replicas; what stands by for the release before
   * rests before anything new starts; and still there are fewer at a time than it would like.
   */
  readonly crowded?: { readonly most: number; readonly restsFirst: boolean; readonly isShort: boolean };
  /** Restarts of new revisions beyond which they count as crashing in a loop. */
  readonly mostRestarts: number;
};
