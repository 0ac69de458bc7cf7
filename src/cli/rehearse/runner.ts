import { parentPort } from "node:worker_threads";
import { stageOf } from "../../rehearse/campaign/stage-of.ts";
import type { StageOptions } from "../../rehearse/campaign/stage-of.ts";
import { rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import type { Outcome } from "../../rehearse/run/outcome.ts";
import type { Stage } from "../../rehearse/run/stage.ts";

// What a thread of `gantry rehearse` does: rehearses the runs that it is told of, and says what came of them.

/** Some runs of a rehearsal; how it is staged is said with the first of them. */
export type Task = {
  readonly rehearsal: number;
  readonly options?: StageOptions;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
};

let staged: { readonly rehearsal: number; readonly stage: Stage } | undefined;

parentPort?.on("message", ({ rehearsal, options, seed, from, to }: Task) => {
  if (options !== undefined) staged = { rehearsal, stage: stageOf(options) };
  if (staged?.rehearsal !== rehearsal) throw new Error(`nothing is said of rehearsal ${rehearsal}`);
  const outcomes: Outcome[] = [];
  for (let run = from; run < to; run++) {
    // In words it is wanted of a single run only.
    const { because: _, ...outcome } = rehearseOnce(staged.stage, { seed, run });
    outcomes.push(outcome);
  }
  parentPort?.postMessage(outcomes, []);
});
