import type { Counts } from "./split-likelihood.ts";
import { edgeOf, middleOf } from "./split-middle.ts";

// How likely a split is, is a weight that no odds ratio changes, times a power of the ratio. Where there are only some hundreds of splits to sum the
// weights fit into doubles, and each sum is two polynomials: of the ratio upwards from a split in the middle, of its inverse downwards. Six
// ratios are summed at once, as none of them has to wait for another.

const mostWeights = 1_024;
const atOnce = 6;
/** Smaller weights than this would lose digits. */
const leastWeight = 2 ** -900;
/** What is left out on either side is below this part of the sum. */
const vanishing = 2 ** -56;
/** Of so many the products are whole numbers. */
const mostRequests = 2 ** 24;

/** By splits, from the lowest that counts; that of the one in the middle is 1. Written anew by each call. */
const weights = new Float64Array(mostWeights);

/** As `splitLogChanges` has it; undefined where there are too many splits, or where they are too unlike each other. */
export function narrowLogChanges(counts: Counts, claimed: number, logOdds: readonly number[]): readonly number[] | undefined {
  const { canary, canaryEvents, baseline, baselineEvents } = counts;
  if (canary + baseline >= mostRequests) return undefined;
  const { ratios, sums, lowest, highest } = polynomialsOf(claimed, logOdds);
  const [least, most] = [ratios[lowest] ?? 1, ratios[highest] ?? 1];
  const from = edgeOf(counts, middleOf(counts, least), -1);
  const to = edgeOf(counts, middleOf(counts, most), 1);
  if (to - from >= mostWeights) return undefined;
  const centre = middleOf(counts, Math.sqrt(least * most));
  weigh(counts, { from, centre, to });
  const [atLowest, atHighest] = [weights[0] ?? 0, weights[to - from] ?? 0];
  if (atLowest < leastWeight || atHighest < leastWeight) return undefined;
  for (let first = 0; first < ratios.length; first += atOnce)
    sumSix(ratios, sums, { first, down: centre - from, up: to - centre });

  // A sum has no larger ones beside it than those of the lowest and of the highest ratio.
  const [ofLowest, ofHighest] = [sums[lowest] ?? 0, sums[highest] ?? 0];
  if (!(ofLowest < Infinity && ofHighest < Infinity)) return undefined;
  const events = canaryEvents + baselineEvents;
  if (from > Math.max(0, events - baseline) && atLowest * least ** (from - centre) > vanishing * ofLowest) return undefined;
  if (to < Math.min(events, canary) && atHighest * most ** (to - centre) > vanishing * ofHighest) return undefined;

  const seen = canaryEvents - centre;
  const before = Math.log(sums[0] ?? 0);
  const changes = logOdds.slice();
  for (let m = 0; m < changes.length; m++)
    changes[m] = seen * ((logOdds[m] ?? 0) - claimed) - (Math.log(sums[m + 1] ?? 0) - before);
  return changes;
}

type Range = { readonly from: number; readonly centre: number; readonly to: number };

function weigh({ canary, canaryEvents, baseline, baselineEvents }: Counts, { from, centre, to }: Range): void {
  const events = canaryEvents + baselineEvents;
  const others = baseline - events;
  let weight = 1;
  weights[centre - from] = 1;
  for (let at = centre; at < to; at++) {
    weight *= ((canary - at) * (events - at)) / ((at + 1) * (others + at + 1));
    weights[at + 1 - from] = weight;
  }
  weight = 1;
  for (let at = centre; at > from; at--) {
    weight *= (at * (others + at)) / ((canary - at + 1) * (events - at + 1));
    weights[at - 1 - from] = weight;
  }
}

/** What is asked at once: the claimed ratio, then the others, in groups of six; which of them is the lowest, and which the highest. */
type Polynomials = {
  readonly claimed: number;
  readonly logOdds: readonly number[];
  readonly ratios: Float64Array;
  readonly sums: Float64Array;
  readonly lowest: number;
  readonly highest: number;
};

/** The same are asked of window after window. */
let last: Polynomials | undefined;

function polynomialsOf(claimed: number, logOdds: readonly number[]): Polynomials {
  if (last?.logOdds === logOdds && last.claimed === claimed) return last;
  const logs = [claimed, ...logOdds];
  const ratios = new Float64Array(Math.ceil(logs.length / atOnce) * atOnce).fill(1);
  for (const [index, log] of logs.entries()) ratios[index] = Math.exp(log);
  const lowest = logs.indexOf(Math.min(...logs));
  const highest = logs.indexOf(Math.max(...logs));
  last = { claimed, logOdds, ratios, sums: new Float64Array(ratios.length), lowest, highest };
  return last;
}

type Six = { readonly first: number; readonly down: number; readonly up: number };

function sumSix(ratios: Float64Array, sums: Float64Array, { first, down, up }: Six): void {
  const a = ratios[first] ?? 1;
  const b = ratios[first + 1] ?? 1;
  const c = ratios[first + 2] ?? 1;
  const d = ratios[first + 3] ?? 1;
  const e = ratios[first + 4] ?? 1;
  const f = ratios[first + 5] ?? 1;
  let [atA, atB, atC, atD, atE, atF] = [0, 0, 0, 0, 0, 0];
  for (let at = down + up; at >= down; at--) {
    const weight = weights[at] ?? 0;
    atA = atA * a + weight;
    atB = atB * b + weight;
    atC = atC * c + weight;
    atD = atD * d + weight;
    atE = atE * e + weight;
    atF = atF * f + weight;
  }
  const [upA, upB, upC, upD, upE, upF] = [atA, atB, atC, atD, atE, atF];
  const [overA, overB, overC, overD, overE, overF] = [1 / a, 1 / b, 1 / c, 1 / d, 1 / e, 1 / f];
  [atA, atB, atC, atD, atE, atF] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < down; at++) {
    const weight = weights[at] ?? 0;
    atA = (atA + weight) * overA;
    atB = (atB + weight) * overB;
    atC = (atC + weight) * overC;
    atD = (atD + weight) * overD;
    atE = (atE + weight) * overE;
    atF = (atF + weight) * overF;
  }
  sums[first] = upA + atA;
  sums[first + 1] = upB + atB;
  sums[first + 2] = upC + atC;
  sums[first + 3] = upD + atD;
  sums[first + 4] = upE + atE;
  sums[first + 5] = upF + atF;
}
