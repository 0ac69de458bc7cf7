import { type Advice, advise } from "../../rehearse/campaign/advice.ts";
import { type Case, caseOf } from "../../rehearse/campaign/case.ts";
import type { StageOptions } from "../../rehearse/campaign/stage-of.ts";
import { type Tally, createTally } from "../../rehearse/campaign/tally.ts";
import { count } from "../../lib/text.ts";
import { duration } from "../progress.ts";
import type { Rehearsal } from "./rehearsals.ts";
import type { Runners } from "./runners.ts";

export type Driving = {
  readonly runners: Runners;
  readonly seed: number;
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Says how far it is; not called for what takes less than a second. */
  readonly tell: (text: string) => void;
};

/** One after the other. What was rehearsed until it was stopped counts; what was not begun is left out. */
export async function driveCases(rehearsals: readonly Rehearsal[], driving: Driving): Promise<readonly Case[]> {
  const cases: Case[] = [];
  const all = rehearsals.length * driving.runs;
  const seen = watched((done, leftMs) =>
    driving.tell(`${done} of ${count(all, "run")}, ${duration(Math.round(leftMs(all)))} left`),
  );
  for (const { options, environment, policy, faults, traffic } of rehearsals) {
    if (driving.signal.aborted) break;
    const tally = await tallied(options, driving, seen);
    cases.push(caseOf({ environment, faults, traffic, ...(policy !== undefined && { policy }) }, tally));
  }
  return cases;
}

/** None where it was stopped: what was not rehearsed to the end is no advice. */
export async function driveAdvice(options: StageOptions, driving: Driving): Promise<readonly Advice[]> {
  const going = advise(options, driving);
  const seen = watched((done) => driving.tell(`${count(done, "run")} in search of advice`));
  let next = going.next();
  while (next.done !== true) {
    const tally = await tallied(next.value, driving, seen);
    if (driving.signal.aborted) return [];
    next = going.next(tally.takenBack());
  }
  return next.value;
}

async function tallied(options: StageOptions, { runners, ...many }: Driving, seen: () => void): Promise<Tally> {
  const tally = createTally();
  await runners.rehearse(options, many, (outcome) => {
    tally.add(outcome);
    seen();
  });
  return tally;
}

/** Called for each run, tells once a second how many there were, and how long so many more take. */
function watched(tell: (done: number, leftMs: (all: number) => number) => void): () => void {
  const began = performance.now();
  let [told, done] = [began, 0];
  return () => {
    done += 1;
    const now = performance.now();
    if (now - told <= 1_000) return;
    told = now;
    tell(done, (all) => ((now - began) / done) * (all - done));
  };
}
