import { createPathMatcher } from "../../lib/path-patterns.ts";
import type { Split } from "../../wire/machine.ts";
import type { Injected } from "./injected.ts";
import type { Limits } from "./limits.ts";
import { createParkingLot } from "./parking.ts";
import { RevisionState } from "./revision-state.ts";
import { createSplitChoice, type SplitChoice } from "./split-choice.ts";

export type Pause = { readonly forMs: number; readonly probePath?: string };

/** One service of one environment: which revisions it has, how its traffic is split, whether it is paused. */
export class ServiceState {
  readonly environment: string;
  readonly service: string;
  readonly revisions = new Map<string, RevisionState>();
  /** Requests that wait for the end of a pause. */
  readonly lot = createParkingLot();
  pause: Pause | undefined;
  split: Split = { shares: [], tags: {} };
  requestMs: number;
  /** Whether a request of this path is not written down where it succeeds. */
  unlogged: ((path: string) => boolean) | undefined;
  written = 0;
  leftOut = 0;
  traceShare = 1;
  /** What goes wrong on purpose, on a game day. */
  injected: readonly Injected[] | undefined;
  private choice: SplitChoice = createSplitChoice([]);
  private readonly limits: Limits;

  constructor(environment: string, service: string, limits: Limits) {
    this.environment = environment;
    this.service = service;
    this.limits = limits;
    this.requestMs = limits.requestMs;
  }

  revision(name: string): RevisionState {
    const known = this.revisions.get(name);
    if (known) return known;
    const made = new RevisionState({ environment: this.environment, service: this.service, revision: name }, this.limits);
    this.revisions.set(name, made);
    return made;
  }

  configure(split: Split, requestMs: number | undefined): void {
    // Said again it changes nothing, not even whose turn it is.
    if (JSON.stringify(split.shares) !== JSON.stringify(this.split.shares)) this.choice = createSplitChoice(split.shares);
    this.split = split;
    this.requestMs = requestMs ?? this.limits.requestMs;
  }

  watch(unlogged: readonly string[], traceShare: number): void {
    this.unlogged = unlogged.length === 0 ? undefined : createPathMatcher(unlogged);
    this.traceShare = traceShare;
  }

  next(): string | undefined {
    return this.choice.next();
  }

  /** The revision that goes by this name here: its own or a tag. Nobody may choose one that is not in the split. */
  named(name: string): string | undefined {
    if (Object.hasOwn(this.split.tags, name)) return this.split.tags[name];
    if (this.split.shares.some(({ revision }) => revision === name)) return name;
    return Object.values(this.split.tags).includes(name) ? name : undefined;
  }

  /** Who waits for a revision that no longer gets traffic chooses again. */
  reconsider(): void {
    for (const [name, revision] of this.revisions)
      if (revision.lot.size > 0 && this.named(name) === undefined) revision.lot.releaseAll({ again: true });
  }

  get parked(): number {
    let sum = this.lot.size;
    for (const revision of this.revisions.values()) sum += revision.lot.size;
    return sum;
  }
}
