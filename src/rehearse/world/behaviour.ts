/** How the machines of a revision behave. */
export type Behaviour = {
  /** Absent: it never becomes ready. */
  readonly readyAfterMs?: number;
  /** Crashes so long after it became ready, each time. */
  readonly crashesAfterMs?: number;
  /** Crashes so long after it was started, each time, before it ever becomes ready. */
  readonly diesAfterMs?: number;
  /** Gives up after so many crashes. */
  readonly givesUpAfter?: number;
  /** One replica fewer than wanted in these spans of the clock. */
  readonly loses?: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Of its requests. */
  readonly errorShare?: number;
  readonly isSlow?: boolean;
};
