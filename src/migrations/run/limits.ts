/** How patient a run is, and how much it lets others wait. */
export type Limits = {
  /** Whoever waits for a lock makes everybody behind it wait: so long at most, then it gives up its place. */
  readonly lockTimeoutMs: number;
  /** How long it goes on trying. */
  readonly patienceMs: number;
  /** Of a statement inside of a transaction, for it holds its locks meanwhile. 0 is without end. */
  readonly statementTimeoutMs: number;
  /** Rows of a batch, where a backfill says nothing else. */
  readonly batchRows: number;
  /** Replicas that are further behind than this make a backfill wait. */
  readonly mostLagMs: number;
};

export const usualLimits: Limits = {
  lockTimeoutMs: 1_500,
  patienceMs: 600_000,
  statementTimeoutMs: 300_000,
  batchRows: 1_000,
  mostLagMs: 5_000,
};
