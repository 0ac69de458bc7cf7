import { setImmediate } from "node:timers/promises";
import { rehearseMany } from "../../rehearse/campaign/rehearse-many.ts";
import type { Tally } from "../../rehearse/campaign/tally.ts";
import type { Stage } from "../../rehearse/run/rehearse-once.ts";
import { duration } from "../progress.ts";

export type Driving = {
  readonly seed: number;
  readonly runs: number;
  readonly signal: AbortSignal;
  /** Says how far it is; not called for what takes less than a second. */
  readonly tell?: (text: string) => void;
};

const breathMs = 50;

/** Many runs, with a breath now and then in which Ctrl-C is heard and progress told. What was rehearsed until it was stopped counts. */
export async function drive(stage: Stage, { seed, runs, signal, tell }: Driving): Promise<Tally> {
  const began = performance.now();
  let [breathed, told] = [began, began];
  const going = rehearseMany(stage, { seed, runs });
  for (let next = going.next(); ; next = going.next()) {
    if (next.done === true) return next.value;
    const now = performance.now();
    if (now - breathed < breathMs) continue;
    breathed = now;
    const done = next.value.count();
    if (tell !== undefined && now - told > 1_000) {
      told = now;
      tell(`${done} of ${runs} runs, ${duration(Math.round(((now - began) / done) * (runs - done)))} left`);
    }
    await setImmediate();
    if (signal.aborted) return next.value;
  }
}
