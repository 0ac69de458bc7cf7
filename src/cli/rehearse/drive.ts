import { setImmediate } from "node:timers/promises";
import { type Advice, advise } from "../../rehearse/campaign/advice.ts";
import { type Case, caseOf } from "../../rehearse/campaign/case.ts";
import { rehearseMany } from "../../rehearse/campaign/rehearse-many.ts";
import type { StageOptions } from "../../rehearse/campaign/stage-of.ts";
import { count } from "../../lib/text.ts";
import { duration } from "../progress.ts";
import type { Rehearsal } from "./rehearsals.ts";

export type Driving = {
  readonly seed: number;
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Says how far it is; not called for what takes less than a second. */
  readonly tell?: (text: string) => void;
};

const breathMs = 50;

/** One after the other. What was rehearsed until it was stopped counts; what was not begun is left out. */
export async function driveCases(
  rehearsals: readonly Rehearsal[],
  { seed, runs, signal, tell }: Driving,
): Promise<readonly Case[]> {
  const cases: Case[] = [];
  const all = rehearsals.length * runs;
  const clock = createClock(
    (done, leftMs) => tell?.(`${done} of ${count(all, "run")}, ${duration(Math.round(leftMs))} left`),
    all,
  );
  for (const [index, { stage, environment, policy, faults, traffic }] of rehearsals.entries()) {
    if (signal.aborted) break;
    const going = rehearseMany(stage, { seed, runs });
    let next = going.next();
    while (next.done !== true && !signal.aborted) {
      if (clock(index * runs + next.value.count())) await setImmediate();
      next = going.next();
    }
    cases.push(caseOf({ environment, faults, traffic, ...(policy !== undefined && { policy }) }, next.value));
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
