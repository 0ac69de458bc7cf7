import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { groupRuns, markedProcesses, signalGroup, signalProcess } from "./process-group.ts";
import { processRow } from "./process-table.ts";

// Process ids are used again. A process is known by its id and the time at which it started; on Linux that time counts from the
// start of the machine, so the start of the machine belongs to it.

export type KnownProcess = { readonly pid: number; readonly identity: string };

/** What tells a process from every other that had or will have its id; undefined when none runs. */
export function identityOf(pid: number): string | undefined {
  const row = processRow(pid);
  return row && !row.ended ? identityAt(row.startedAt) : undefined;
}

/** The same for a process that has just been started and may already have come to its end. */
export function identityOfChild(pid: number): string {
  return identityAt(processRow(pid)?.startedAt ?? "gone");
}

export function isRunning(known: KnownProcess): boolean {
  return identityOf(known.pid) === known.identity;
}

let machineStart: string | undefined;

function identityAt(startedAt: string): string {
  if (machineStart === undefined) {
    try {
      machineStart = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    } catch {
      machineStart = "";
    }
  }
  return `${machineStart}@${startedAt}`;
}

export type OrphanOptions = {
  /** All processes that a supervisor with this mark started, also those that nobody came to write down. */
  readonly mark?: string;
  /** Between the request to end and the end by force. */
  readonly graceMs?: number;
};

/**
 * Ends what a process that was killed has left behind: the groups of these processes, as far as they are still the same ones,
 * and whatever bears the mark. Comes back when they are gone; says which it had to end.
 */
export async function endOrphans(left: readonly KnownProcess[], options: OrphanOptions = {}): Promise<readonly number[]> {
  // A group that still has a process keeps its number. One that was seen to be gone is never looked at again: its number may
  // by then be somebody else's.
  let groups: readonly number[] = left.filter(isRunning).map((known) => known.pid);
  const others = (): readonly number[] =>
    options.mark === undefined
      ? []
      : markedProcesses(`${options.mark}/`).filter((pid) => !groups.includes(processRow(pid)?.group ?? 0));
  const ended = [...groups, ...others()];
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const group of groups) {
      signalGroup(group, signal);
      // One that somebody has stopped hears of nothing until it goes on.
      signalGroup(group, "SIGCONT");
    }
    for (const pid of others()) signalProcess(pid, signal);
    const until = Date.now() + (signal === "SIGTERM" ? (options.graceMs ?? 5_000) : 10_000);
    for (;;) {
      groups = groups.filter(groupRuns);
      if ((groups.length === 0 && others().length === 0) || Date.now() >= until) break;
      await sleep(20);
    }
  }
  return ended;
}
