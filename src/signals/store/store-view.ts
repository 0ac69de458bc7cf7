export type StoreLimits = {
  readonly maxSeries: number;
  /** Of one value of the label `service`: one whose labels explode leaves room for the others. */
  readonly maxSeriesOfService: number;
  /** Of everything that is kept: packed and unpacked samples, labels and their index. */
  readonly maxBytes: number;
  /** Of these, how much may lie unpacked for whoever looks far back. */
  readonly wideBytes: number;
  readonly maxLabels: number;
  readonly maxLabelLength: number;
  readonly retentionMs: number;
};

export function storeLimits(given: Partial<StoreLimits>): StoreLimits {
  const maxBytes = given.maxBytes ?? 128 * 2 ** 20;
  const maxSeries = given.maxSeries ?? 20_000;
  return {
    maxSeriesOfService: Math.ceil(maxSeries / 2),
    wideBytes: maxBytes / 4,
    maxLabels: 40,
    maxLabelLength: 1_024,
    retentionMs: 2 * 60 * 60_000,
    ...given,
    maxSeries,
    maxBytes,
  };
}

/** Samples that were left out, or are no longer there, by the reason. */
export type Dropped = {
  outOfOrder: number;
  /** A second one of the same moment: the first stays. */
  duplicate: number;
  tooOld: number;
  /** From after the present, by more than a clock that runs a little fast. */
  future: number;
  /** No moment between 1970 and 2248. */
  badTime: number;
  /** Of series for which there was no place. */
  tooManySeries: number;
  /** Of series with too many labels, or too long ones. */
  badLabels: number;
  /** Before their time, since there was no more room. */
  evicted: number;
  /** Since their time was over. */
  expired: number;
  /** Not lost: how often a series was unpacked for one look, since there was no room to leave it so. */
  unpackedAgain: number;
};

export function noneDropped(): Dropped {
  return {
    outOfOrder: 0,
    duplicate: 0,
    tooOld: 0,
    future: 0,
    badTime: 0,
    tooManySeries: 0,
    badLabels: 0,
    evicted: 0,
    expired: 0,
    unpackedAgain: 0,
  };
}

export type StoreView = {
  readonly series: number;
  readonly samples: number;
  /** Since the store began. */
  readonly taken: number;
  readonly bytes: {
    readonly packed: number;
    readonly atHand: number;
    /** Unpacked beside being packed, for whoever looks far back. */
    readonly wide: number;
    readonly labels: number;
    readonly all: number;
  };
  readonly dropped: Readonly<Dropped>;
  /** Whose samples found no place for their series, by the label `service`. */
  readonly refused: Readonly<Record<string, number>>;
  readonly clockJumps: number;
  readonly retentionMs: number;
};
