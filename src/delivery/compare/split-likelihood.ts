/** What one window shows of one kind of event: so many requests in each arm, and how many of them had it. */
export type Counts = {
  readonly canary: number;
  readonly canaryEvents: number;
  readonly baseline: number;
  readonly baselineEvents: number;
};

/** Whether it says anything of one arm against the other: both were asked, and the events could have been split otherwise. */
export function isTelling({ canary, canaryEvents, baseline, baselineEvents }: Counts): boolean {
  const events = canaryEvents + baselineEvents;
  return Math.min(events, canary) > Math.max(0, events - baseline);
}

/**
 * The log-probability that the canary has as many of the window's events as it has, given how many there were in both arms, where its odds
 * are e^logOdds times those of the baseline (Fisher's noncentral hypergeometric distribution). Given the sum, neither the base rate nor the
 * arms' shares matter.
 *
 * With p and p′ of that odds ratio, p_j = b(j; n, p)·b(s−j; n′, p′) ÷ Σ: taken as binomials around their means, nothing large is ever
 * subtracted from something large, and what comes out is right to rounding for any counts.
 */
export function splitLogLikelihood(counts: Counts, logOdds: number): number {
  const { canary, canaryEvents, baseline, baselineEvents } = counts;
  const events = canaryEvents + baselineEvents;
  const first = Math.max(0, events - baseline);
  const last = Math.min(events, canary);
  if (last <= first) return 0;

  const ratio = Math.exp(logOdds);
  const means = expectedCells(counts, ratio);
  const logTerm = (j: number) =>
    logPart(j, means[0]) +
    logPart(canary - j, means[1]) +
    logPart(events - j, means[2]) +
    logPart(baseline - events + j, means[3]);

  const centre = Math.min(Math.max(Math.round(means[0]), first), last);
  const deviation = 1 / Math.sqrt(means.reduce((sum, mean) => sum + 1 / mean, 0));
  const stride = Math.floor(deviation / 3);
  const logCentre = logTerm(centre);
  const up = { from: centre, to: last };
  const down = { from: centre, to: first };
  const sum =
    stride < 16
      ? 1 +
        summed(up, (j) => (ratio * (canary - j) * (events - j)) / ((j + 1) * (baseline - events + j + 1))) +
        summed(down, (j) => (j * (baseline - events + j)) / (ratio * (canary - j + 1) * (events - j + 1)))
      : stride * (1 + strode(up, stride, (j) => logTerm(j) - logCentre) + strode(down, -stride, (j) => logTerm(j) - logCentre));
  return logTerm(canaryEvents) - logCentre - Math.log(sum);
}

/** The part of it that grows with the number of requests, at once: enough where there are very many. */
export function splitExponent(counts: Counts, logOdds: number): number {
  const { canary, canaryEvents, baseline, baselineEvents } = counts;
  if (!isTelling(counts)) return 0;
  const means = expectedCells(counts, Math.exp(logOdds));
  return (
    -deviance(canaryEvents, means[0]) -
    deviance(canary - canaryEvents, means[1]) -
    deviance(baselineEvents, means[2]) -
    deviance(baseline - baselineEvents, means[3])
  );
}

/** Events and others of the canary, events and others of the baseline, as this odds ratio has them where the sums are those of the window. */
function expectedCells(counts: Counts, ratio: number): readonly [number, number, number, number] {
  const { canary, baseline } = counts;
  const odds = baselineOdds(counts, ratio);
  return [
    (canary * ratio * odds) / (1 + ratio * odds),
    canary / (1 + ratio * odds),
    (baseline * odds) / (1 + odds),
    baseline / (1 + odds),
  ];
}

/** The baseline's odds with which both arms together have as many events as there were. */
function baselineOdds({ canary, canaryEvents, baseline, baselineEvents }: Counts, ratio: number): number {
  const events = canaryEvents + baselineEvents;
  const square = ratio * (canary + baseline - events);
  const linear = canary * ratio + baseline - events * (1 + ratio);
  const root = Math.sqrt(linear * linear + 4 * square * events);
  return linear > 0 ? (2 * events) / (linear + root) : (root - linear) / (2 * square);
}

/** Terms vanish below this share of what has been summed: they fall faster and faster. */
const vanishing = 2 ** -60;

/** Terms on one side of the centre, each from the one before; the centre's is 1. */
function summed({ from, to }: { from: number; to: number }, ratioAt: (j: number) => number): number {
  const step = Math.sign(to - from);
  let [sum, term] = [0, 1];
  for (let j = from; j !== to; j += step) {
    term *= ratioAt(j);
    sum += term;
    if (term < vanishing * sum) break;
  }
  return sum;
}

/**
 * Where the distribution is wide, every h-th term times h is the sum: what it leaves out are the values of the characteristic function at
 * multiples of 2π/h, and as the distribution is one of independent yeses and noes (its polynomial has real roots only), these are below
 * exp(−8·variance/h²). With h a third of the deviation that is below the rounding of a double.
 */
function strode({ from, to }: { from: number; to: number }, stride: number, logTerm: (j: number) => number): number {
  let sum = 0;
  for (let j = from + stride; stride > 0 ? j <= to : j >= to; j += stride) {
    const term = Math.exp(logTerm(j));
    sum += term;
    if (term < vanishing * sum) break;
  }
  return sum;
}

/** What one of the four cells adds to the logarithm of a term: −log x! + x·log(mean) − mean, up to what all terms have in common. */
function logPart(x: number, mean: number): number {
  return -(x === 0 ? 0 : stirlingError(x) + Math.log(2 * Math.PI * x) / 2) - deviance(x, mean);
}

/** log x! beyond √(2πx)·(x/e)^x. */
function stirlingError(x: number): number {
  if (x < smallErrors.length) return smallErrors[x] ?? 0;
  const y = 1 / (x * x);
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - (y * 691) / 360360))))) / x;
}

const smallErrors: readonly number[] = Array.from({ length: 16 }, (_, x) => {
  let product = 1;
  for (let factor = 2; factor <= x; factor++) product *= factor;
  return x === 0 ? 0 : Math.log(product / (Math.sqrt(2 * Math.PI * x) * (x / Math.E) ** x));
});

/**
 * x·log(x/mean) + mean − x, without the cancellation that this has where the two are close.
 * Loader, "Fast and Accurate Computation of Binomial Probabilities", 2000.
 */
function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x === 0 ? mean : x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let power = 2 * x * v;
  for (let n = 3; ; n += 2) {
    power *= v * v;
    const next = sum + power / n;
    if (next === sum) return sum;
    sum = next;
  }
}
