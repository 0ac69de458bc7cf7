import { type ProcessRow, processTable } from "../../system/process-table.ts";

export type ReplicaUsage = {
  readonly id: string;
  /** Of one core, since it was last asked about; 2 are two whole cores. */
  readonly cpu: number;
  readonly rssBytes: number;
};

/** What processes use, with all in their groups. One look at the machine serves whoever asks in the next moment. */
export type UsageMeter = {
  of(processes: readonly { readonly id: string; readonly pid: number; readonly startedMs: number }[]): readonly ReplicaUsage[];
};

const freshMs = 200;

export function createUsageMeter(): UsageMeter {
  const seen = new Map<number, { readonly atMs: number; readonly cpuMs: number; readonly cpu: number }>();
  let table: readonly ProcessRow[] = [];
  let tableMs = Number.NEGATIVE_INFINITY;

  return {
    of(processes) {
      if (processes.length === 0) return [];
      const nowMs = Date.now();
      if (nowMs - tableMs >= freshMs || nowMs < tableMs) {
        table = processTable();
        tableMs = nowMs;
        const groups = new Set(table.map((row) => row.group));
        for (const pid of seen.keys()) if (!groups.has(pid)) seen.delete(pid);
      }
      return processes.map(({ id, pid, startedMs }) => {
        const rows = table.filter((row) => row.group === pid && !row.ended);
        const rssBytes = rows.reduce((sum, row) => sum + row.rssBytes, 0);
        const cpuMs = rows.reduce((sum, row) => sum + row.cpuMs, 0);
        const before = seen.get(pid) ?? { atMs: startedMs, cpuMs: 0, cpu: 0 };
        // Too little has passed to say anything new.
        if (tableMs - before.atMs < freshMs) return { id, cpu: before.cpu, rssBytes };
        // A process that ended takes its time with it.
        const cpu = Math.max(0, cpuMs - before.cpuMs) / (tableMs - before.atMs);
        seen.set(pid, { atMs: tableMs, cpuMs, cpu });
        return { id, cpu, rssBytes };
      });
    },
  };
}
