import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { type StageOptions, stageOf } from "../../rehearse/campaign/stage-of.ts";
import type { Outcome } from "../../rehearse/run/outcome.ts";
import { rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import type { Task } from "./runner.ts";

// Threads that rehearse. Each run is drawn from the seed and its own number, and outcomes are handed over in the order of the runs: what
// comes of it is the same to the byte, however many threads there are.

const file = new URL("./rehearse-runner.js", import.meta.url);
const mostThreads = 16;
/** A thread takes so long to begin that fewer runs than this are not worth one. */
const worthwhile = 200;
/** About so long is a thread given work for: a breath, so that Ctrl-C finds nothing long to wait for. */
const chunkMs = 100;
const mostInChunk = 500;

/** How many threads to use: no more than cores, and none but this one where little is to be done. */
export function threadsFor(runs: number, asked: number | undefined): number {
  const most = asked ?? Math.min(availableParallelism(), Math.floor(runs / worthwhile));
  return existsSync(file) ? Math.max(1, Math.min(mostThreads, most, runs)) : 1;
}

export type Runners = {
  /** Rehearses so many runs, and hands each outcome over in order; stops where the signal says so. */
  rehearse(
    options: StageOptions,
    given: { readonly seed: number; readonly runs: number; readonly signal: AbortSignal },
    take: (outcome: Outcome) => void,
  ): Promise<void>;
  close(): Promise<void>;
};

export function createRunners(threads: number): Runners {
  return threads > 1 ? inThreads(threads) : inThisThread;
}

/** So often it pauses, for a breath in which Ctrl-C is heard. */
const breathMs = 50;

const inThisThread: Runners = {
  async rehearse(options, { seed, runs, signal }, take) {
    const stage = stageOf(options);
    let breathed = performance.now();
    for (let run = 0; run < runs && !signal.aborted; run++) {
      take(rehearseOnce(stage, { seed, run }));
      if (performance.now() - breathed < breathMs) continue;
      await setImmediate();
      breathed = performance.now();
    }
  },
  close: () => Promise.resolve(),
};

function inThreads(threads: number): Runners {
  const workers = Array.from({ length: threads }, () => new Worker(file));
  let rehearsals = 0;
  return {
    async rehearse(options, { seed, runs, signal }, take) {
      const rehearsal = ++rehearsals;
      let [next, due, chunk] = [0, 0, 8];
      const early = new Map<number, readonly Outcome[]>();
      const keep = (from: number, outcomes: readonly Outcome[]) => {
        early.set(from, outcomes);
        for (let found = early.get(due); found !== undefined; found = early.get(due)) {
          early.delete(due);
          due += found.length;
          for (const outcome of found) take(outcome);
        }
      };
      const work = async (worker: Worker): Promise<void> => {
        for (let told = false; next < runs && !signal.aborted; told = true) {
          const from = next;
          const to = (next = Math.min(runs, from + chunk));
          const beganMs = performance.now();
          const outcomes = await ask(worker, { rehearsal, seed, from, to, ...(told ? {} : { options }) }, signal);
          if (outcomes === undefined) return;
          const eachMs = (performance.now() - beganMs) / (to - from);
          chunk = Math.max(1, Math.min(mostInChunk, Math.round(chunkMs / Math.max(eachMs, 0.01))));
          keep(from, outcomes);
        }
      };
      await Promise.all(workers.map(work));
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** What came of it; undefined where it was stopped before. */
function ask(worker: Worker, task: Task, signal: AbortSignal): Promise<readonly Outcome[] | undefined> {
  return new Promise((resolve, reject) => {
    const done = (outcomes: readonly Outcome[] | undefined, error?: unknown) => {
      worker.off("message", done);
      worker.off("error", failed);
      worker.off("exit", gone);
      signal.removeEventListener("abort", stopped);
      if (error === undefined) resolve(outcomes);
      else reject(error instanceof Error ? error : new Error("a thread failed"));
    };
    const failed = (error: unknown) => done(undefined, error);
    const gone = () => done(undefined, new Error("a thread that rehearses has ended"));
    const stopped = () => done(undefined);
    worker.on("message", done);
    worker.on("error", failed);
    worker.on("exit", gone);
    signal.addEventListener("abort", stopped);
    worker.postMessage(task, []);
  });
}
