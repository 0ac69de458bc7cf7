import { splitLogChanges } from "./split-changes.ts";
import { type Counts, isTelling } from "./split-likelihood.ts";

// A bet against "no worse than tolerated" and one against "harmful": what was staked grows with how much better another odds ratio tells the
// splits that are seen. Where the claim is true it does not grow on average, whatever the base rate, the shares and the number of looks;
// that it ever grows by 1/α has a probability below α (Ville). So it may be read at any time.
//
// 1. A claim is bet against with several odds ratios; the evidence is their mean.
// 2. Half of the stake is bet at the first window. The other half is spread over later starts: what goes wrong after an hour of health
//    is not weighed against that hour.
// 3. A window multiplies no bet by more than the cap: one burst decides nothing.
// 4. Of what speaks for safety no more is kept than `most`: what has been fine for long can still turn out not to be.

/** What is asked of one kind of event. */
export type Question = {
  /** The odds of the canary may be so many times as high. */
  readonly tolerance: number;
  /** So many times is harm. */
  readonly harmful: number;
  /** Where fewer of the canary's requests than this share have it, it is no harm whatever the baseline has. */
  readonly negligible: number;
  readonly cap: number;
  readonly most: number;
};

/** Logarithms of what each bet has become; plain data. */
export type Evidence = {
  /** Windows that said something of one arm against the other. */
  readonly windows: number;
  readonly counts: Counts;
  readonly harm: readonly number[];
  readonly lateHarm: readonly number[];
  readonly safety: readonly number[];
  readonly rare: readonly number[];
};

/** How much likelier a window is at each of these odds ratios than at the one that is claimed. */
export type Changes = (window: Counts, claimed: number, logOdds: readonly number[]) => readonly number[];

const worse = [1.5, 2, 3, 5, 10, 30].map(Math.log);
/** The odds ratios that are bet on for safety are these powers of the harmful one: somewhat worse, the same, better. */
const safer = [0.5, 0, -1];
/** Shares that are bet on for being rare, as parts of the negligible one. */
const rarer = [0.5, 0.1, 0.02];

export const noEvidence: Evidence = {
  windows: 0,
  counts: { canary: 0, canaryEvents: 0, baseline: 0, baselineEvents: 0 },
  harm: worse.map(() => 0),
  lateHarm: [],
  safety: safer.map(() => 0),
  rare: rarer.map(() => 0),
};

export function withWindow(evidence: Evidence, window: Counts, question: Question): Evidence {
  const cap = Math.log(question.cap);
  const keep = (sum: number, change: number) => Math.min(sum + Math.min(change, cap), Math.log(question.most));
  const rare = rareChanges(window, question.negligible);
  const seen = {
    ...evidence,
    counts: {
      canary: evidence.counts.canary + window.canary,
      canaryEvents: evidence.counts.canaryEvents + window.canaryEvents,
      baseline: evidence.counts.baseline + window.baseline,
      baselineEvents: evidence.counts.baselineEvents + window.baselineEvents,
    },
    rare: evidence.rare.map((sum, m) => keep(sum, rare[m] ?? 0)),
  };
  if (!isTelling(window)) return seen;

  const windows = evidence.windows + 1;
  const starts = Math.log(startingAt(windows));
  const harm = harmChanges(window, question.tolerance).map((change) => Math.min(change, cap));
  const safety = safetyChanges(window, question.harmful);
  return {
    ...seen,
    windows,
    harm: evidence.harm.map((sum, m) => sum + (harm[m] ?? 0)),
    lateHarm: harm.map((change, m) => change + logSum([evidence.lateHarm[m] ?? -Infinity, starts])),
    safety: evidence.safety.map((sum, m) => keep(sum, safety[m] ?? 0)),
  };
}

/** How much one window makes of each bet against "no worse than tolerated", as logarithms and before the cap. */
export function harmChanges(window: Counts, tolerance: number, changes: Changes = splitLogChanges): readonly number[] {
  const claimed = Math.log(tolerance);
  return changes(
    window,
    claimed,
    worse.map((times) => claimed + times),
  );
}

/** The same against "so many times worse, or more". */
export function safetyChanges(window: Counts, harmful: number, changes: Changes = splitLogChanges): readonly number[] {
  const claimed = Math.log(harmful);
  return changes(
    window,
    claimed,
    safer.map((power) => power * claimed),
  );
}

/** The same against "not rare", by the canary's requests alone. */
export function rareChanges({ canary, canaryEvents }: Counts, negligible: number): readonly number[] {
  return rarer.map(
    (part) =>
      canaryEvents * Math.log(part) + (canary - canaryEvents) * (Math.log1p(-part * negligible) - Math.log1p(-negligible)),
  );
}

/** The evidence that it is worse than tolerated. */
export function harmEvidence({ windows, harm, lateHarm }: Evidence): number {
  const share = Math.log(2 * worse.length);
  const unspent = Math.log(1 - spentUntil(windows));
  return strength([...[...harm, ...lateHarm].map((sum) => sum - share), unspent - Math.LN2]);
}

/** The evidence that it is not harmful: surely less than so many times as frequent, or surely rare. */
export function safetyEvidence({ safety, rare }: Evidence): number {
  const [known, seldom] = [Math.log(2 * safety.length), Math.log(2 * rare.length)];
  return strength([...safety.map((sum) => sum - known), ...rare.map((sum) => sum - seldom)]);
}

/** What is beyond a double is as good as the largest that is asked for. */
function strength(logs: readonly number[]): number {
  return Math.exp(Math.min(logSum(logs), 690));
}

/** Of the half that starts later, how much does at this window: an hour of windows costs little more than the first. */
function startingAt(window: number): number {
  return spread / ((window + spread) * (window + spread - 1));
}
function spentUntil(windows: number): number {
  return windows / (windows + spread);
}
const spread = 30;

export function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most === -Infinity ? most : most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}
