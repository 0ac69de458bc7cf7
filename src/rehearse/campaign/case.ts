import type { Summary, Tally } from "./tally.ts";

/** One combination of policy, fault and traffic, and what came of it; plain data. */
export type Case = {
  readonly environment: string;
  /** Whose policy it is, where two are compared. */
  readonly policy?: string;
  /** As they were written; none for a good release. */
  readonly faults: readonly string[];
  readonly traffic: string;
  readonly summary: Summary;
  /** Of the runs, how many were taken back by then: at most a hundred points, each in milliseconds with a share. */
  readonly takenBackBy: readonly (readonly [ms: number, share: number])[];
};

const points = 100;

export function caseOf(about: Pick<Case, "environment" | "policy" | "faults" | "traffic">, tally: Tally): Case {
  const sorted = tally.sorted("detectedAfterMs");
  const runs = tally.count();
  const step = Math.max(1, Math.ceil(sorted.length / points));
  const takenBackBy: (readonly [number, number])[] = [];
  for (let at = step; at <= sorted.length; at += step) takenBackBy.push([sorted[at - 1] ?? 0, at / runs]);
  const last = sorted.at(-1);
  if (last !== undefined && sorted.length % step !== 0) takenBackBy.push([last, sorted.length / runs]);
  return { ...about, summary: tally.summary(), takenBackBy };
}
