import type { Exactness } from "../rules/ruleset.ts";
import type { Unit } from "./expression.ts";
import type { Selector } from "./promql-text.ts";
import type { Shape } from "./shape.ts";

/** What a measure is in one dialect, before a window and a threshold make an expression of it. */
export type Measured = {
  readonly is: "measured";
  readonly shape: Shape;
  readonly unit: Unit;
  /** A value times this is in `unit`. 1 where nothing is said. */
  readonly scale?: number;
  /** The window where the spec names none. */
  readonly usualMs?: number;
  /** Labels that its series always have. */
  readonly own: readonly string[];
  /** "the share of api's requests answered with a 5xx" */
  readonly says: string;
  /** Counts what a share is a share of. */
  readonly traffic?: Selector;
  /** Below this much traffic it says nothing, where the spec names no floor. */
  readonly usualFloor?: number;
  readonly exactness?: Exactness;
};

export type NotMeasured = {
  readonly is: "refused";
  readonly reason: string;
  /** It could be measured elsewhere: what is missing is a host, a budget, a check of this environment. */
  readonly here?: true;
  /** What of a condition cannot be. Where nothing is said, it is what is measured. */
  readonly at?: "minimumRequests" | "value";
};

export const minutesMs = (minutes: number): number => minutes * 60_000;

/** Rates and shares are taken over this where nothing is said. */
export const usualWindowMs = minutesMs(5);

/** A share of fewer requests or jobs than this is noise: one failure in three is 33 %. */
export const usualFloor = 20;

export function refused(reason: string): NotMeasured {
  return { is: "refused", reason };
}

export function refusedHere(reason: string): NotMeasured {
  return { is: "refused", reason, here: true };
}

/** What somebody else than the back end measures is only as good as what is sent there. */
export function metered(found: Measured | NotMeasured, reason: string): Measured | NotMeasured {
  return found.is === "refused" ? found : { ...found, exactness: { is: "approximate", reason } };
}
