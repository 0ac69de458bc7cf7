import type { Answer } from "./gate.ts";
import type { Actor, Run } from "./machine.ts";
import type { Plan } from "./plan.ts";

/** One service of a release: what it was, what it becomes. */
export type Change = {
  readonly service: string;
  /** What serves before; absent the first time. */
  readonly from?: string;
  readonly to: string;
  /** How people call what is released: a tag, a commit, a path. */
  readonly version: string;
  /** Content address of what was built: what is green elsewhere is told by it. */
  readonly artifact: string;
  /** Services of this release that have to be ready before this one. */
  readonly after: readonly string[];
  /** Takes requests; others change over where a step says so. */
  readonly serves: boolean;
  readonly replicas: number;
};

/**
 * progressing and paused: on its way up. reverting: on its way back. watching: everything is done, and the old revisions still stand by.
 * Ended: healthy, or degraded where it was taken back or given up.
 */
export type Phase = "progressing" | "paused" | "reverting" | "watching" | "healthy" | "degraded";

export type Release = Run & {
  readonly schemaVersion: 1;
  readonly kind: "release";
  readonly changes: readonly Change[];
  readonly plan: Plan;
  /** Why somebody began it, where that was said. */
  readonly why?: string;
  readonly phase: Phase;
  /** Index of the step; the plan's length once all are done. */
  readonly at: number;
  /** A retry is a run of its own that knows the how manieth it is. */
  readonly attempt: number;
  /** When this step began, and when its bake did: that is once the new revisions were ready and had their share. */
  readonly stepSinceMs: number;
  readonly bakeSinceMs?: number;
  /** How long it was paused in this step: spans of policies do not run meanwhile. */
  readonly pausedMs: number;
  readonly pausedSinceMs?: number;
  /** The newest answers of this step, by the gate's id. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Gates that a person skipped, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** Who has approved in this step, by the gate's id. */
  readonly approvals: Readonly<Record<string, readonly string[]>>;
  /** Since when each gate that has not passed is waited for: its deadline counts from there. */
  readonly held: Readonly<Record<string, number>>;
  /** Health gates: how many tries, and how many in a row. */
  readonly streaks: Readonly<Record<string, { readonly tries: number; readonly inARow: number; readonly lastAtMs: number }>>;
  /** What the comparison has counted, by service; see `compare/`. */
  readonly compared: Readonly<Record<string, unknown>>;
  /** Since when a new revision that was ready no longer is. */
  readonly lostSinceMs?: number;
  /** Why a person has sent it on to the end: no gate or watch holds it any more. */
  readonly full?: string;
  /** What else ran when it began, by service: left by a release that was superseded, it goes to rest in the end. */
  readonly leftovers?: Readonly<Record<string, readonly string[]>>;
  /** Why it went back, or why it waits. */
  readonly because?: string;
  /** It could not go back all the way: what was before is not there to take the traffic. */
  readonly stuck?: true;
  /** When all traffic was on the new revisions. */
  readonly switchedAtMs?: number;
  /** What each look decided that was not what the one before had decided: the record. */
  readonly record: readonly Entry[];
  /** What a person who asks "how bad was it" wants: requests that the new revisions answered, and failed, and of how many users. */
  readonly exposure: Readonly<Record<string, Exposure>>;
};

/** Counters begin anew where a revision was started again: what was last seen of them is kept beside the sums. */
export type Exposure = {
  readonly requests: number;
  readonly errors: number;
  readonly seen: { readonly requests: number; readonly errors: number };
  /** Where users stay on a side and are known again: how many it answered, and how many of them it failed. */
  readonly users?: Hit;
};

export type Hit = {
  readonly seen: number;
  readonly failed: number;
  /** There were more than are told apart. */
  readonly more?: true;
};

export type Entry = {
  readonly atMs: number;
  readonly step: number;
  readonly what: string;
  readonly because?: string;
  /** Who did it, where somebody did. */
  readonly by?: Actor;
};
