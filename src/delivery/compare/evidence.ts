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
const logRarer = rarer.map(Math.log);

// Lists that hold fractions from the start: what is copied of them for each window need not be made anew when the first one comes.
const notYet = (many: readonly number[], log = 0) => many.map(() => 0.5).fill(log);

export const noEvidence: Evidence = {
  windows: 0,
  counts: { canary: 0, canaryEvents: 0, baseline: 0, baselineEvents: 0 },
  harm: notYet(worse),
  lateHarm: [],
  safety: notYet(safer),
  rare: notYet(rarer),
};
const noLateHarm: readonly number[] = notYet(worse, -Infinity);

export function withWindow(evidence: Evidence, window: Counts, question: Question): Evidence {
  const bets = betsOf(question);
  const { canary, canaryEvents, baseline, baselineEvents } = evidence.counts;
  const counts: Counts = {
    canary: canary + window.canary,
    canaryEvents: canaryEvents + window.canaryEvents,
    baseline: baseline + window.baseline,
    baselineEvents: baselineEvents + window.baselineEvents,
  };
  const keep = (sum: number, change: number) => Math.min(sum + Math.min(change, bets.cap), bets.most);
  const fine = window.canary - window.canaryEvents;
  const rare = evidence.rare.slice();
  for (let m = 0; m < rarer.length; m++)
    rare[m] = keep(rare[m] ?? 0, window.canaryEvents * (logRarer[m] ?? 0) + fine * (bets.rarelyFine[m] ?? 0));
  if (!isTelling(window)) {
    const { windows, harm, lateHarm, safety } = evidence;
    return { windows, counts, harm, lateHarm, safety, rare };
  }

  const windows = evidence.windows + 1;
  const harm = evidence.harm.slice();
  const lateHarm = (evidence.lateHarm.length === 0 ? noLateHarm : evidence.lateHarm).slice();
  const safety = evidence.safety.slice();
  const starts = Math.log(startingAt(windows));
  // Of all odds at once, and against the tolerated ones: what is against the harmful ones is a difference of those.
  const changes = splitLogChanges(window, bets.tolerated, bets.odds);
  for (let m = 0; m < worse.length; m++) {
    const change = Math.min(changes[m] ?? 0, bets.cap);
    harm[m] = (harm[m] ?? 0) + change;
    lateHarm[m] = change + logSumOfTwo(lateHarm[m] ?? -Infinity, starts);
  }
  const harmful = changes[worse.length] ?? 0;
  for (let m = 0; m < safer.length; m++) safety[m] = keep(safety[m] ?? 0, (changes[worse.length + 1 + m] ?? 0) - harmful);
  return { windows, counts, harm, lateHarm, safety, rare };
}

/** What follows from the question alone. */
type Bets = {
  readonly tolerated: number;
  /** Logarithms of what is bet on: somewhat worse and much, harmful, and safer. */
  readonly odds: readonly number[];
  readonly cap: number;
  readonly most: number;
  /** How much each request that is fine makes of the bets that errors are rare. */
  readonly rarelyFine: readonly number[];
};

/** Of the question that was asked last: all windows of a release ask the same, and releases seldom differ in it. */
let last: { readonly question: Question; readonly bets: Bets } | undefined;

function betsOf(question: Question): Bets {
  if (last !== undefined && isSame(last.question, question)) return last.bets;
  const { tolerance, harmful, negligible, cap, most } = question;
  const [tolerated, harm] = [Math.log(tolerance), Math.log(harmful)];
  const bets: Bets = {
    tolerated,
    odds: [...oddsOfHarm(tolerated), harm, ...oddsOfSafety(harm)],
    cap: Math.log(cap),
    most: Math.log(most),
    rarelyFine: rarer.map((part) => fineChange(part, negligible)),
  };
  last = { question: { tolerance, harmful, negligible, cap, most }, bets };
  return bets;
}

function isSame(a: Question, b: Question): boolean {
  return (
    a.tolerance === b.tolerance &&
    a.harmful === b.harmful &&
    a.negligible === b.negligible &&
    a.cap === b.cap &&
    a.most === b.most
  );
}

const oddsOfHarm = (tolerated: number) => worse.map((times) => tolerated + times);
const oddsOfSafety = (harmful: number) => safer.map((power) => power * harmful);

/** How much one window makes of each bet against "no worse than tolerated", as logarithms and before the cap. */
export function harmChanges(window: Counts, tolerance: number, changes: Changes): readonly number[] {
  const claimed = Math.log(tolerance);
  return changes(window, claimed, oddsOfHarm(claimed));
}

/** The same against "so many times worse, or more". */
export function safetyChanges(window: Counts, harmful: number, changes: Changes): readonly number[] {
  const claimed = Math.log(harmful);
  return changes(window, claimed, oddsOfSafety(claimed));
}

/** The same against "not rare", by the canary's requests alone. */
export function rareChanges({ canary, canaryEvents }: Counts, negligible: number): readonly number[] {
  const fine = canary - canaryEvents;
  return rarer.map((part, m) => canaryEvents * (logRarer[m] ?? 0) + fine * fineChange(part, negligible));
}

function fineChange(part: number, negligible: number): number {
  return Math.log1p(-part * negligible) - Math.log1p(-negligible);
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

/** Whether there may be so much evidence of harm: where not, it surely is not, and most windows need no more than that. */
export function mayBeHarm({ harm, lateHarm }: Evidence, needed: number): boolean {
  const least = Math.log(needed) - 1;
  for (let m = 0; m < worse.length; m++) if (Math.max(harm[m] ?? 0, lateHarm[m] ?? -Infinity) > least) return true;
  return needed < 2;
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

function logSumOfTwo(one: number, other: number): number {
  const most = Math.max(one, other);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(one, other) - most));
}

export function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most === -Infinity ? most : most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}
