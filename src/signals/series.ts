/** A series' labels; its name is `__name__`. */
export type Labels = Readonly<Record<string, string>>;

export type Matcher = { readonly name: string; readonly op: "=" | "!=" | "=~" | "!~"; readonly value: string };

/** The samples of one series from `from` up to, but not with, `to`, in rising order of time. The arrays are not to be written to. */
export type Samples = {
  readonly labels: Labels;
  /** Milliseconds since 1970. */
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
};

/** Where an expression finds its samples. */
export type Source = {
  /** The series that all matchers fit, each with its samples of `fromMs` ≤ time ≤ `toMs`. Series without any are left out. */
  select(matchers: readonly Matcher[], fromMs: number, toMs: number): readonly Samples[];
};

/** What marks the end of a series (Prometheus' stale marker): a NaN with these bits. Ordinary NaN is a value. */
export const staleBits = 0x7ff0000000000002n;
