import { type ComparisonState, beginComparison, takeWindow } from "../compare/comparison.ts";
import { verdictOf } from "../compare/verdict.ts";
import type { Answer } from "../gate.ts";
import type { Release } from "../release.ts";
import { own } from "./capacity.ts";
import { stepAt, type Turn } from "./turn.ts";

type Counting = { readonly run: Release; readonly observed: Pick<Turn["observed"], "traffic">; readonly nowMs: number };

/** Takes in what both revisions have answered by now: while they share the traffic, each service's new one is held against its old one. */
export function takenCounts({ run, observed, nowMs }: Counting): Release["compared"] {
  const { comparison } = run.plan;
  const step = stepAt(run);
  if (comparison === undefined || step === undefined || !step.runs) return run.compared;
  let compared = run.compared;
  for (const { service, from, to, serves } of run.changes) {
    const traffic = own(observed.traffic, service);
    if (!serves || from === undefined || from === to || traffic === undefined) continue;
    const [baseline, canary] = [own(traffic, from), own(traffic, to)];
    const known = stateOf(run, service);
    // How slow is slow is taken from the old one before the new one has any traffic.
    if (known === undefined && baseline !== undefined) {
      const { latencyBoundsMs } = comparison;
      const measures = latencyBoundsMs === undefined ? { measures: ["errors"] as const } : {};
      const begun = beginComparison({ ...comparison, latencyBoundsMs: latencyBoundsMs ?? [], ...measures }, baseline);
      compared = withState(compared, service, begun);
    } else if (known !== undefined && step.compares) {
      const taken = takeWindow(known, { atMs: nowMs, baseline, canary });
      if (taken !== known) compared = withState(compared, service, taken);
    }
  }
  return compared;
}

/** Not by spreading, for the same reason as a run's (`copy.ts`). */
function withState(before: Release["compared"], service: string, state: ComparisonState): Release["compared"] {
  const compared: Record<string, unknown> = {};
  for (const name of Object.keys(before)) compared[name] = before[name];
  compared[service] = state;
  return compared;
}

/** What is taken in at a look at which nothing else happens; undefined where that takes the release back, which is for a whole look to say. */
export function harmlessCounts(counting: Counting): Release["compared"] | undefined {
  const compared = takenCounts(counting);
  return counting.run.changes.some(({ service }) => stateOf({ compared }, service)?.failed !== undefined) ? undefined : compared;
}

/** The first service whose new revision does worse than is tolerated. */
export function worseOne({ run, nowMs }: Turn): Answer | undefined {
  if (stepAt(run)?.compares !== true) return undefined;
  for (const { service } of run.changes) {
    const state = stateOf(run, service);
    if (state?.failed !== undefined) return answerOf(service, state, nowMs);
  }
  return undefined;
}

const badness = { fail: 0, inconclusive: 1, pass: 2 } as const;

/** Of all services that could be compared; none of them may do worse. */
export function comparedAnswer({ run, nowMs }: Pick<Turn, "run" | "nowMs">): Answer {
  const answers = run.changes.flatMap(({ service }) => {
    const state = stateOf(run, service);
    return state === undefined ? [] : [answerOf(service, state, nowMs)];
  });
  const [worst] = answers.toSorted((left, right) => badness[left.verdict] - badness[right.verdict]);
  return worst ?? { verdict: "inconclusive", because: "nothing has been compared yet", atMs: nowMs };
}

function answerOf(service: string, state: ComparisonState, nowMs: number): Answer {
  const { verdict, because, evidence } = verdictOf(state);
  return { verdict, because: `${service}: ${because}`, atMs: nowMs, evidence };
}

function stateOf({ compared }: Pick<Release, "compared">, service: string): ComparisonState | undefined {
  return own(compared, service) as ComparisonState | undefined;
}
