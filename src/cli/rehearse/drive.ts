import { setImmediate } from "node:timers/promises";
import { type Advice, advise } from "../../rehearse/campaign/advice.ts";
import { type Case, caseOf } from "../../rehearse/campaign/case.ts";
import type { StageOptions } from "../../rehearse/campaign/stage-of.ts";
import { createTally } from "../../rehearse/campaign/tally.ts";
import type { Outcome } from "../../rehearse/run/outcome.ts";
import { rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import { count } from "../../lib/text.ts";
import { duration } from "../progress.ts";
import type { Rehearsal } from "./rehearsals.ts";
import { createRunners, threadsFor } from "./runners.ts";

export type Driving = {
  readonly seed: number;
  readonly runs: number;
  readonly signal: AbortSignal;
  /** How many threads there may be; as many as there are cores where nothing is said. */
  readonly threads?: number;
  /** Says how far it is; not called for what takes less than a second. */
  readonly tell?: (text: string) => void;
};

const breathMs = 50;

/** One after the other. What was rehearsed until it was stopped counts; what was not begun is left out. */
export async function driveCases(
  rehearsals: readonly Rehearsal[],
  { seed, runs, signal, tell, threads: asked }: Driving,
): Promise<readonly Case[]> {
  const cases: Case[] = [];
  const all = rehearsals.length * runs;
  const clock = createClock(
    (done, leftMs) => tell?.(`${done} of ${count(all, "run")}, ${duration(Math.round(leftMs))} left`),
    all,
  );
  const threads = threadsFor(all, asked);
  const runners = threads > 1 ? createRunners(threads) : undefined;
  try {
    for (const [index, { stage, options, environment, policy, faults, traffic }] of rehearsals.entries()) {
      if (signal.aborted) break;
      const tally = createTally();
      const take = (outcome: Outcome) => {
        tally.add(outcome);
        return clock(index * runs + tally.count());
      };
      if (runners !== undefined) await runners.rehearse(options, { seed, runs, signal }, take);
      else
        for (let run = 0; run < runs && !signal.aborted; run++)
          if (take(rehearseOnce(stage, { seed, run }))) await setImmediate();
      cases.push(caseOf({ environment, faults, traffic, ...(policy !== undefined && { policy }) }, tally));
    }
  } finally {
    await runners?.close();
  }
  return cases;
}

export async function driveAdvice(options: StageOptions, { seed, runs, signal, tell }: Driving): Promise<readonly Advice[]> {
  const going = advise(options, { seed, runs });
  const clock = createClock((done) => tell?.(`${count(done, "run")} in search of advice`), Infinity);
  let done = 0;
  let next = going.next();
  while (next.done !== true) {
    if (signal.aborted) return [];
    done += 1;
    if (clock(done)) await setImmediate();
    next = going.next();
  }
  return next.value;
}

/** Whether it is time for a breath, in which Ctrl-C is heard; says once a second how far it is. */
function createClock(tell: (done: number, leftMs: number) => void, all: number): (done: number) => boolean {
  const began = performance.now();
  let [breathed, told] = [began, began];
  return (done) => {
    const now = performance.now();
    if (now - breathed < breathMs) return false;
    breathed = now;
    if (now - told > 1_000) {
      told = now;
      tell(done, ((now - began) / done) * (all - done));
    }
    return true;
  };
}
