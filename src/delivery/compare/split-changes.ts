import { narrowLogChanges } from "./narrow-splits.ts";
import { type Counts, isTelling, splitLogLikelihood } from "./split-likelihood.ts";
import { edgeOf, middleOf } from "./split-middle.ts";

/** Terms below this part of what has been summed change nothing in a double. */
const vanishing = 2 ** -60;
/** With more splits than this each odds ratio is better summed by itself, where terms are left out. */
const mostSplits = 4_096;
/** Where a product grows or shrinks beyond this its logarithm is taken, and a new one begun. */
const largest = 2 ** 900;

/** How many times as likely each split is as the one before it, at even odds, and the inverse. Written anew by each call. */
const rises = new Float64Array(mostSplits);
const falls = new Float64Array(mostSplits);

/**
 * How much more likely the window's split is at each of these odds ratios than at the first. The same numbers as from `splitLogLikelihood`, to
 * rounding, at a fraction of the cost: each sum goes term by term away from its own middle, and the sums have their steps in common.
 */
export function splitLogChanges(counts: Counts, claimed: number, logOdds: readonly number[]): readonly number[] {
  if (!isTelling(counts)) return logOdds.map(() => 0);
  const { canary, canaryEvents, baseline, baselineEvents } = counts;
  const events = canaryEvents + baselineEvents;
  const first = Math.max(0, events - baseline);
  const last = Math.min(events, canary);
  if (last - first > mostSplits) return each(counts, claimed, logOdds);
  const narrow = narrowLogChanges(counts, claimed, logOdds);
  if (narrow !== undefined) return narrow;

  let [lowest, highest] = [claimed, claimed];
  for (const log of logOdds) {
    lowest = Math.min(lowest, log);
    highest = Math.max(highest, log);
  }
  // Steps are known of those that the sums need, as far as one can say beforehand.
  let range: Range = {
    least: edgeOf(counts, middleOf(counts, Math.exp(lowest)), -1) - first,
    most: edgeOf(counts, middleOf(counts, Math.exp(highest)), 1) - first,
    end: last - first,
  };
  know(counts, range.least, range.most);

  const changes = logOdds.slice();
  const start = middleOf(counts, Math.exp(claimed));
  let before = 0;
  // How likely the middle of the one before is at even odds, beside the first middle: e^logAt times this.
  let at = start;
  let logAt = 0;
  let product = 1;
  for (let m = -1; m < logOdds.length; m++) {
    const log = m < 0 ? claimed : (logOdds[m] ?? 0);
    const ratio = Math.exp(log);
    const centre = m < 0 ? start : middleOf(counts, ratio);
    for (; at < centre; at++) {
      product *= rises[at - first] ?? 1;
      if (product < largest && product > 1 / largest) continue;
      logAt += Math.log(product);
      product = 1;
    }
    for (; at > centre; at--) {
      product *= falls[at - 1 - first] ?? 1;
      if (product < largest && product > 1 / largest) continue;
      logAt += Math.log(product);
      product = 1;
    }
    let sum = sumAround(centre - first, ratio, range);
    while (sum < 0) {
      const { least, most, end } = range;
      range = { least: Math.max(0, least - 64), most: Math.min(end, most + 64), end };
      know(counts, range.least, least);
      know(counts, most, range.most);
      sum = sumAround(centre - first, ratio, range);
    }
    const logSum = (centre - start) * log + logAt + Math.log(product * sum);
    if (m < 0) before = logSum;
    else changes[m] = (canaryEvents - start) * (log - claimed) - (logSum - before);
  }
  return changes;
}

function know({ canary, canaryEvents, baseline, baselineEvents }: Counts, from: number, to: number): void {
  const events = canaryEvents + baselineEvents;
  const others = baseline - events;
  const first = Math.max(0, -others);
  for (let at = from; at < to; at++) {
    const j = at + first;
    const above = (canary - j) * (events - j);
    const below = (j + 1) * (others + j + 1);
    rises[at] = above / below;
    falls[at] = below / above;
  }
}

/** Of splits, from the first one on. */
type Range = { readonly least: number; readonly most: number; readonly end: number };

/** The sum of all terms in a range, that of the middle being 1; below 0 where there may be others beyond it that count. */
function sumAround(centre: number, ratio: number, { least, most, end }: Range): number {
  const inverse = 1 / ratio;
  let sum = 1;
  let up = 1;
  let down = 1;
  let right = centre;
  let left = centre - 1;
  // Both sides at once, which is half the time: neither waits for the other.
  for (; right < most && left >= least; right++, left--) {
    up *= ratio * (rises[right] ?? 0);
    down *= inverse * (falls[left] ?? 0);
    sum += up + down;
    if (up + down < vanishing * sum) return sum;
  }
  for (; right < most && up >= vanishing * sum; right++) {
    up *= ratio * (rises[right] ?? 0);
    sum += up;
  }
  for (; left >= least && down >= vanishing * sum; left--) {
    down *= inverse * (falls[left] ?? 0);
    sum += down;
  }
  const isWhole = (most === end || up < vanishing * sum) && (least === 0 || down < vanishing * sum);
  return isWhole ? sum : -sum;
}

function each(counts: Counts, claimed: number, logOdds: readonly number[]): readonly number[] {
  const before = splitLogLikelihood(counts, claimed);
  return logOdds.map((odds) => splitLogLikelihood(counts, odds) - before);
}
