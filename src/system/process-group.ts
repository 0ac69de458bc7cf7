import { processTable, processesWith } from "./process-table.ts";

/** Sends a signal to a whole process group, named after its first process. False when nobody is left to get it. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  // 0 and 1 would be everybody's: this process's own group, and all processes there are.
  if (!Number.isSafeInteger(group) || group <= 1) return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    // EPERM: there is one, and it is not ours to signal.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether any process of a group still runs. One that has ended but that nobody waited for does not count. */
export function groupRuns(group: number): boolean {
  return signalGroup(group, 0) && processTable().some((row) => row.group === group && !row.ended);
}

/**
 * The name of the variable by which processes are told apart that left their group, as daemons do. Children inherit it. Its
 * value is `<mark>/<number>`: the mark is one of a whole supervisor's, the number one of a process that it started.
 */
export const processMark = "GANTRY_PROCESS";

/** The processes that bear a mark, wherever they went. `mark/` for all of one supervisor. Linux only: elsewhere none. */
export function markedProcesses(mark: string): readonly number[] {
  return processesWith(processMark, mark).filter((pid) => pid !== process.pid);
}

export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone in between.
  }
}
