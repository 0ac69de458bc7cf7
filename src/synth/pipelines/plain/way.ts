import type { Run, Tool } from "../model.ts";

/** The way of one kind of target: what is done around the traffic, with its own tools. */
export type Way = {
  readonly tools: readonly Tool[];
  /** Before anything else: where to, and what runs there now. */
  readonly begin: readonly Run[];
  readonly snapshot: (resource: string) => Run | undefined;
  readonly migrate: (resource: string) => Run | undefined;
  /** The new version, step by step, until it has all the traffic. */
  readonly traffic: readonly Run[];
  /** Back to what ran before. */
  readonly back: Run;
};
