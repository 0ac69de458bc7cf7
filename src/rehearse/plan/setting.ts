import type { Fault } from "../faults/fault.ts";
import type { Life } from "../world/life.ts";

/** Under which circumstances something is rehearsed; plain data. */
export type Setting = {
  /** By service: of each that serves. */
  readonly lives: Readonly<Record<string, Life>>;
  readonly faults: readonly Fault[];
  /** When the release begins, in UTC. */
  readonly startMs: number;
  /** How long after they are asked people approve; absent where nobody does. */
  readonly approvedAfterMs?: number;
  /** What each task takes: migrations, snapshots, smoke tests. */
  readonly taskMs: number;
  /** Whatever has not ended by then has not ended. */
  readonly mostMs: number;
};

export const usualSetting: Omit<Setting, "lives" | "faults"> = {
  /** A Thursday morning. */
  startMs: Date.UTC(2026, 0, 15, 10),
  approvedAfterMs: 300_000,
  taskMs: 30_000,
  mostMs: 30 * 86_400_000,
};
