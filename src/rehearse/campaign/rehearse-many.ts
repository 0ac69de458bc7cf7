import { rehearseOnce } from "../run/rehearse-once.ts";
import type { Stage } from "../run/stage.ts";
import { type Tally, createTally } from "./tally.ts";

export type Many = { readonly seed: number; readonly runs: number };

/** One run after the other; whoever drives it may pause between them, or stop. Each is drawn from the seed and its own number. */
export function* rehearseMany(stage: Stage, { seed, runs }: Many): Generator<Tally, Tally> {
  const tally = createTally();
  for (let run = 0; run < runs; run++) {
    tally.add(rehearseOnce(stage, { seed, run }));
    yield tally;
  }
  return tally;
}
