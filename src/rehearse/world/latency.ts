/** Log-normal answers, of which some take several times as long. */
export type LatencyProfile = {
  readonly medianMs: number;
  /** Of the logarithm: 1 means that one in six takes more than e times the median. */
  readonly width: number;
  readonly tailShare: number;
  readonly tailTimes: number;
};

/** The share of each bucket, one more than there are bounds, where everything takes so many times as long. */
export function latencyShares(profile: LatencyProfile, boundsMs: readonly number[], times: number): readonly number[] {
  const { medianMs, width, tailShare, tailTimes } = profile;
  const below = (ms: number) =>
    (1 - tailShare) * normalBelow(Math.log(ms / (medianMs * times)) / width) +
    tailShare * normalBelow(Math.log(ms / (medianMs * times * tailTimes)) / width);
  let before = 0;
  return [...boundsMs.map(below), 1].map((value) => {
    const share = Math.max(0, value - before);
    before = value;
    return share;
  });
}

/** Zelen and Severo, 26.2.17 in Abramowitz and Stegun: right to 7.5e-8. */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z > 0 ? 1 - tail : tail;
}
