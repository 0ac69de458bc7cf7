import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRecent } from "../../../lib/recent.ts";
import type { TaskSeen } from "../../../delivery/observed.ts";
import { type KnownProcess, endOrphans } from "../../../system/process-identity.ts";
import { writeWhole } from "../../../system/whole-file.ts";

// What a run has done once and only once: snapshots, migrations, smoke tests.
//
// 1. A task's id is its name. One that has ended is not run again, whoever asks.
// 2. How it ended is on disk before anybody is told.
// 3. One that was running when its process was killed is ended with all it started, and run from its beginning.

export type TaskEnd = { readonly ok: boolean; readonly because: string; readonly evidence?: unknown };

export type TaskWork = (given: {
  readonly began: (process: KnownProcess) => void;
  readonly signal: AbortSignal;
}) => Promise<TaskEnd>;

export type Tasks = {
  /** Sees to it that the task runs or has run. */
  start(run: string, id: string, work: TaskWork): void;
  cancel(run: string, id: string): Promise<void>;
  /** Nothing of this run runs any more, and nothing of it is begun again by this process. */
  endRun(run: string): Promise<void>;
  of(run: string): Readonly<Record<string, TaskSeen>>;
  forget(run: string): void;
};

type Kept = TaskSeen & { readonly schemaVersion: 1; readonly id: string; readonly process?: KnownProcess };
/** What cannot be ended in this long is not waited for. */
const patienceMs = 20_000;
const keptMs = 30 * 86_400_000;

type Running = { readonly stop: AbortController; readonly done: Promise<void> };

export function createTasks(folder: string): Tasks {
  const running = new Map<string, Running>();
  const known = createRecent<Map<string, Kept>>(200);
  const over = createRecent<true>(1_000);
  const keyOf = (run: string, id: string) => `${run}/${id}`;
  const runFolder = (run: string) => path.join(folder, nameOf(run));

  prune(folder);

  const tasksOf = (run: string): Map<string, Kept> => {
    let tasks = known.get(run);
    if (tasks) return tasks;
    known.set(run, (tasks = new Map()));
    for (const kept of readAll(runFolder(run))) tasks.set(kept.id, kept);
    return tasks;
  };

  const keep = (run: string, kept: Kept): void => {
    mkdirSync(runFolder(run), { recursive: true, mode: 0o700 });
    writeWhole(path.join(runFolder(run), `${nameOf(kept.id)}.json`), `${JSON.stringify(kept)}\n`);
    tasksOf(run).set(kept.id, kept);
  };

  const carryOut = async (run: string, id: string, work: TaskWork, signal: AbortSignal): Promise<void> => {
    const left = tasksOf(run).get(id)?.process;
    if (left !== undefined) await endOrphans([left], { graceMs: 1_000 });
    keep(run, { schemaVersion: 1, id, state: "running", because: "it runs" });
    const began = (process: KnownProcess) => keep(run, { schemaVersion: 1, id, state: "running", because: "it runs", process });
    const end = await work({ began, signal }).catch((error: unknown): TaskEnd => ({
      ok: false,
      because: error instanceof Error ? error.message : String(error),
    }));
    const { ok, because, evidence } = end;
    keep(run, {
      schemaVersion: 1,
      id,
      state: ok && !signal.aborted ? "passed" : "failed",
      because: signal.aborted ? "it was cancelled" : because,
      ...(evidence === undefined ? {} : { evidence }),
    });
  };

  const cancel = async (run: string, id: string): Promise<void> => {
    const one = running.get(keyOf(run, id));
    if (one !== undefined) {
      one.stop.abort();
      return one.done.catch(() => {});
    }
    const kept = tasksOf(run).get(id);
    if (kept?.state !== "running") return;
    if (kept.process !== undefined) await endOrphans([kept.process], { graceMs: 1_000 });
    keep(run, { schemaVersion: 1, id, state: "failed", because: "it was cancelled" });
  };

  return {
    start(run, id, work) {
      const key = keyOf(run, id);
      if (over.has(run) || running.has(key)) return;
      const state = tasksOf(run).get(id)?.state;
      if (state === "passed" || state === "failed") return;
      const stop = new AbortController();
      const done = carryOut(run, id, work, stop.signal).finally(() => running.delete(key));
      // What cannot be written down is tried again by whoever asks next.
      done.catch(() => {});
      running.set(key, { stop, done });
    },
    cancel,
    async endRun(run) {
      over.set(run, true);
      const open = [...tasksOf(run).values()].filter(({ state }) => state === "running");
      await Promise.race([Promise.all(open.map(({ id }) => cancel(run, id))), sleep(patienceMs, undefined, { ref: false })]);
    },
    of(run) {
      const seen: Record<string, TaskSeen> = {};
      for (const { id, state, because, evidence } of tasksOf(run).values())
        // What nobody runs any more is no task that runs: it is to be asked for again.
        if (state !== "running" || running.has(keyOf(run, id)))
          seen[id] = { state, because, ...(evidence === undefined ? {} : { evidence }) };
      return seen;
    },
    forget(run) {
      known.delete(run);
      rmSync(runFolder(run), { recursive: true, force: true });
    },
  };
}

/** How the tasks of a run ended that is long over is in its record. */
function prune(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const run = path.join(folder, name);
    if (Date.now() - statSync(run).mtimeMs > keptMs) rmSync(run, { recursive: true, force: true });
  }
}

/** An id may hold anything; a file's name may not. */
function nameOf(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 24);
}

function readAll(folder: string): readonly Kept[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const kept = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Kept;
      return kept.schemaVersion === 1 ? [kept] : [];
    } catch {
      return [];
    }
  });
}
