import { Worker } from "node:worker_threads";
import { builtFile } from "../processes.ts";
import type { Task, Told } from "./thread.ts";

export type Running = {
  /** How many runs were rehearsed. */
  readonly done: () => number;
  /** What was rehearsed until now counts. */
  stop(): void;
  readonly ended: Promise<Extract<Told, { readonly told: "end" }>>;
};

/** A thread that is told to stop does so between two runs; one that does not, within this, is ended. */
const patienceMs = 10_000;
const mostMegabytes = 512;

/** Rehearses in a thread of its own. */
export function runInThread(task: Omit<Task, "stop">): Running {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(builtFile("rehearsal-thread.js"), {
    workerData: { ...task, stop } satisfies Task,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<Extract<Told, { readonly told: "end" }>>((resolve, reject) => {
    worker.on("message", (told: Told) => {
      ({ done } = told);
      if (told.told === "end") resolve(told);
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("the thread that rehearsed has ended")));
  }).finally(() => {
    clearTimeout(timer);
    void worker.terminate();
  });
  const giveUpAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void worker.terminate(), ms);
    timer.unref();
  };
  giveUpAfter(task.mostMs + patienceMs);
  return {
    done: () => done,
    ended,
    stop() {
      Atomics.store(stop, 0, 1);
      giveUpAfter(patienceMs);
    },
  };
}
