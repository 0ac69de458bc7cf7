/** Samples, and what an alert does with them: for tests of alerts, here and in Prometheus' own tool. */
export type AlertCase = {
  /** The alert's name. */
  readonly alert: string;
  /** What happens: "6 % fail". */
  readonly says: string;
  /** Samples come this often, beginning at 0. */
  readonly intervalSeconds: number;
  /** Rules are looked at this often; 30 seconds where nothing is said. */
  readonly roundSeconds?: number;
  /** In promtool's notation: `0+6x30`, `_x4`, `stale`. */
  readonly series: Readonly<Record<string, string>>;
  /** In the order of time. "quiet" is neither pending nor firing. */
  readonly expect: readonly { readonly at: string; readonly is: "quiet" | "pending" | "firing" }[];
};
