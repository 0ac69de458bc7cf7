import type { Environment } from "../../spec/environment.ts";
import type { ConditionData, SignalData } from "../measures/spec-data.ts";

/** How the samples come: one every so often, of so many requests each. */
export type Pace = { readonly stepSeconds: number; readonly each: number };

/** The samples of each series, in the order of time. */
export type SeriesValues = Readonly<Record<string, readonly number[]>>;

/**
 * A measure as what makes it: levels of what is measured become the series that whoever measures it would tell. Nothing here looks at
 * an expression, so that an expression that asks for something else is noticed.
 */
export type Drawn = {
  readonly is: "drawn";
  /** What is measured is taken over this; 0 where it just stands there. */
  readonly windowMs: number;
  /** What it is taken from is taken over a window itself. */
  readonly lagMs?: number;
  /** What is over is noticed in a shorter window. */
  readonly back?: { readonly windowMs: number; readonly lagMs: number };
  /** Shares go from 0 to 1; what is counted is whole. */
  readonly values: "share" | "whole" | "any";
  /** Below so many in the window it says nothing. */
  readonly floor?: number;
  /** Samples come at least this often. */
  readonly stepMs?: number;
  /** Where levels are not in the unit of the threshold: what the threshold is, how far around it they go, and the ends. */
  readonly scale?: {
    readonly threshold: number;
    readonly apart: number;
    readonly least: number;
    readonly most: number;
    readonly says?: (level: number) => string;
  };
  /** What is counted happens one by one and seldom: when exactly a window has one more cannot be told beforehand. */
  readonly seldom?: true;
  readonly series: (levels: readonly number[], pace: Pace) => SeriesValues;
  /** It is beyond as well when nothing has happened for so long. */
  readonly silence?: {
    readonly says: string;
    readonly lateMs: number;
    readonly series: (sinceSeconds: readonly number[]) => SeriesValues;
  };
};

export type NotDrawn = { readonly is: "not drawn"; readonly reason: string };

export function notDrawn(reason: string): NotDrawn {
  return { is: "not drawn", reason };
}

/** What is to be drawn: a condition where it stands. */
export type Drawing = {
  readonly when: ConditionData;
  readonly signal: SignalData;
  readonly environment: Environment;
  /** The labels that the spec's `where` and `by` ask for, over those that a measure has. */
  readonly labelled: (own: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  readonly windowMs: (usual: string) => number;
  /** The window where the spec names one, and none otherwise. */
  readonly saidMs: number;
};

/** A counter that grows by so much with each sample. */
export function grown(by: readonly number[]): readonly number[] {
  let sum = 0;
  return by.map((one) => (sum += one));
}

/** `queue_depth{queue="mail"}` */
export function named(metric: string, labels: Readonly<Record<string, string>>): string {
  const inside = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric}{${inside.join(",")}}`;
}
