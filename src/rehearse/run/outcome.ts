/** What took a release back, or kept it from beginning. */
export type Cause = "comparison" | "watch" | "alert" | "crash" | "gate" | "approval" | "freeze" | "not ready" | "other";

/** What became of one rehearsed release; plain data. Spans are in milliseconds. */
export type Outcome = {
  readonly seed: number;
  readonly run: number;
  readonly ended: "healthy" | "taken back" | "not released" | "stuck" | "open";
  /** Absent where it ended healthy. */
  readonly cause?: Cause;
  readonly because?: string;
  /** From its beginning until all traffic was on the new revisions. */
  readonly fullAfterMs?: number;
  /** From the first request to a new revision until it was decided that it goes back. */
  readonly detectedAfterMs?: number;
  readonly endedAfterMs: number;
  /** What new revisions were asked, and failed. */
  readonly requests: number;
  readonly errors: number;
  /** Failed beyond what would have failed anyway. */
  readonly excess: number;
  /** Who saw a new revision fail. */
  readonly users: number;
  /** Of the budget of the strictest SLO on the faulty service, for its whole window; absent where there is none. */
  readonly budget?: number;
};

export type Moment = {
  readonly atMs: number;
  readonly step: string;
  readonly weightPercent: number;
  readonly what: string;
  readonly because?: string;
  readonly requests: number;
  readonly errors: number;
};
