import type { Fault } from "../faults/fault.ts";
import { type Estimate, chance, difference } from "../statistics/intervals.ts";
import type { TrafficShape } from "../traffic/shape.ts";
import type { StageOptions } from "./stage-of.ts";
import { withHigherFloors, withShorterBakes } from "./variants.ts";

/** Something that would be better, and what it was seen to do: both policies were rehearsed under the same circumstances. */
export type Advice = {
  readonly kind: "shorter bake" | "higher floor" | "cannot tell";
  readonly says: string;
  /** How often a release with the fault was taken back, and a good one by mistake, before and after. */
  readonly found: { readonly before: Estimate; readonly after: Estimate };
  readonly mistakes: { readonly before: Estimate; readonly after: Estimate };
};

type Tried = { readonly of: number; readonly found: number; readonly mistakes: number };

/** This much less may be found, or more be taken back by mistake, and it counts as the same; the whole interval has to be within it. */
const margin = 0.03;
/** Rarer mistakes are not worth advice. */
const worthwhile = 0.02;
/** A policy that finds this many of them can tell. */
const tells = 0.9;

/** What is to be rehearsed next, so many times; whoever drives it says how many of them were taken back, and may stop. */
export type Advising = Generator<StageOptions, readonly Advice[], number>;

/** Asks for rehearsals of what might be better, one after the other: what the next is hangs on what came of those before. */
export function* advise(options: StageOptions, { runs }: { readonly runs: number }): Advising {
  const { environment } = options;
  const before = yield* tried(options, runs);
  const advice: Advice[] = [];
  const told = (kind: Advice["kind"], says: string, after: Tried): Advice => ({
    kind,
    says,
    found: { before: chance(before.found, before.of), after: chance(after.found, after.of) },
    mistakes: { before: chance(before.mistakes, before.of), after: chance(after.mistakes, after.of) },
  });

  for (const times of [5, 25]) {
    if (before.mistakes / before.of < worthwhile) break;
    const variant = withHigherFloors(environment, times);
    if (variant === undefined) break;
    const after = yield* tried({ ...options, environment: variant.environment }, runs);
    const fewer = difference({ times: before.mistakes, of: before.of }, { times: after.mistakes, of: after.of });
    if (fewer.to >= 0 || !isNoLess(before.found, after.found, runs)) continue;
    advice.push(told("higher floor", `${variant.says} finds the same and takes back fewer good releases`, after));
    break;
  }
  for (const part of [0.25, 0.5]) {
    if (before.found / before.of < tells) break;
    const variant = withShorterBakes(environment, part);
    if (variant === undefined) break;
    const after = yield* tried({ ...options, environment: variant.environment }, runs);
    if (!isNoLess(before.found, after.found, runs)) continue;
    advice.push(told("shorter bake", `${variant.says} finds the same`, after));
    break;
  }
  if (before.found / before.of < 0.5)
    for (const times of [4, 16, 64, 256]) {
      const traffic = timesAsMuch(options.traffic, times);
      if (traffic === undefined) break;
      const after = yield* tried({ ...options, traffic, trafficOf: {} }, runs);
      if (chance(after.found, after.of).from < tells && times < 256) continue;
      const does = chance(after.found, after.of).from >= tells ? `at ${traffic.text} it can` : `nor can it at ${traffic.text}`;
      advice.push(told("cannot tell", `at ${options.traffic.text} this policy cannot tell; ${does}`, after));
      break;
    }
  return advice;
}

function isNoLess(before: number, after: number, of: number): boolean {
  return difference({ times: before, of }, { times: after, of }).from > -margin;
}

function* tried(options: StageOptions, runs: number): Generator<StageOptions, Tried, number> {
  const found = yield options;
  const good: readonly Fault[] = [];
  const mistakes = yield { ...options, setting: { ...options.setting, faults: good } };
  return { of: runs, found, mistakes };
}

function timesAsMuch(traffic: TrafficShape, times: number): TrafficShape | undefined {
  if (traffic.shape !== "constant") return undefined;
  const perSecond = traffic.perSecond * times;
  return { text: `${perSecond}rps`, shape: "constant", perSecond };
}
