import { parentPort, workerData } from "node:worker_threads";
import { advise, type Advice } from "../../rehearse/campaign/advice.ts";
import { caseOf } from "../../rehearse/campaign/case.ts";
import { rehearseMany } from "../../rehearse/campaign/rehearse-many.ts";
import { type StageOptions, stageOf } from "../../rehearse/campaign/stage-of.ts";
import { type Tally, createTally } from "../../rehearse/campaign/tally.ts";
import type { Stage } from "../../rehearse/run/stage.ts";

// What a thread of the server does with a rehearsal: all of it, so that whoever asks the server something else waits for nothing.

export type Task = {
  readonly options: StageOptions;
  readonly faults: readonly string[];
  readonly traffic: string;
  readonly seed: number;
  readonly runs: number;
  readonly advise: boolean;
  /** It stops by itself after so long; what was rehearsed until then counts. */
  readonly mostMs: number;
  /** Set to other than 0 by whoever wants it to stop. */
  readonly stop: Int32Array;
};

/** What it says once in a while, and at its end. */
export type Told =
  | { readonly told: "progress"; readonly done: number }
  | {
      readonly told: "end";
      readonly done: number;
      readonly ended: "whole" | "stopped" | "too long";
      readonly cases: readonly unknown[];
      readonly advice: readonly Advice[];
      readonly assumed: readonly string[];
    };

const tellEveryMs = 500;

function rehearse(task: Task, tell: (told: Told) => void): void {
  const { options, faults, traffic, seed, runs, mostMs, stop } = task;
  const beganMs = performance.now();
  let toldMs = beganMs;
  const isOver = (): "stopped" | "too long" | undefined =>
    Atomics.load(stop, 0) !== 0 ? "stopped" : performance.now() - beganMs > mostMs ? "too long" : undefined;
  const stage = stageOf(options);
  let over = isOver();
  const say = (done: number): void => {
    if (performance.now() - toldMs < tellEveryMs) return;
    toldMs = performance.now();
    tell({ told: "progress", done });
  };
  /** As many as there is time for. */
  const rehearsed = (of: Stage, saying: (tally: Tally) => number): Tally => {
    let tally = createTally();
    if (over !== undefined) return tally;
    for (const next of rehearseMany(of, { seed, runs })) {
      tally = next;
      say(saying(tally));
      over = isOver();
      if (over !== undefined) break;
    }
    return tally;
  };
  const tally = rehearsed(stage, (one) => one.count());
  let advice: readonly Advice[] = [];
  if (task.advise && over === undefined) {
    const going = advise(options, { runs });
    let next = going.next();
    while (next.done !== true) {
      const tried = rehearsed(stageOf(next.value), () => runs);
      if (over !== undefined) break;
      next = going.next(tried.takenBack());
    }
    if (next.done === true) advice = next.value;
  }
  const cases = tally.count() === 0 ? [] : [caseOf({ environment: options.environment.environment, faults, traffic }, tally)];
  tell({ told: "end", done: tally.count(), ended: over ?? "whole", cases, advice, assumed: stage.script.assumed });
}

const port = parentPort;
if (port !== null) rehearse(workerData as Task, (told) => port.postMessage(told, []));
