import type { Change } from "../release.ts";
import type { Strategy } from "./compiling.ts";

// An environment may have so many replicas and not one more. Whether a release finds room beside what runs is known before it begins.

export type Room = {
  /** As many as there may be. */
  readonly most: number;
  /** As many as may still be started; below nothing where there are too many already. */
  readonly free: number;
  /** Those that stand by for the release before, and could rest at once. */
  readonly spare: number;
  /** What could be taken from those that have several. */
  readonly takeable: number;
};

export type Batch = { readonly surge: number; readonly unavailable: number };

/** The batch of a rolling update that finds room: fewer more at a time, and where there is room for none, one fewer. */
export function fitting(
  batch: Batch,
  serving: readonly Change[],
  { of, free }: { readonly of: number; readonly free: number },
): Batch {
  let { surge } = batch;
  while (surge > 0 && besides(serving, surge, of) > free) surge -= 1;
  return surge + batch.unavailable > 0 ? { surge, unavailable: batch.unavailable } : { surge: 0, unavailable: 1 };
}

/** As many of each service as its part of a batch is. */
function besides(serving: readonly Change[], surge: number, of: number): number {
  return serving.reduce((sum, { replicas }) => sum + Math.ceil((replicas * surge) / of), 0);
}

/** So many replicas more than before run at a time, if it is to go as the strategy says, and at least if it is to go at all. */
export function neededBeside(
  strategy: Strategy["strategy"],
  changes: readonly Change[],
  { batch, of }: { readonly batch: Batch; readonly of: number },
): { readonly wanted: number; readonly least: number } {
  if (strategy === "recreate") return { wanted: 0, least: 0 };
  const moving = changes.filter(({ from, to }) => from !== to);
  const serving = moving.filter(({ serves }) => serves);
  const first = moving.filter(({ from }) => from === undefined).length;
  const workers = moving.filter(({ serves }) => !serves);
  if (strategy !== "rolling") {
    const all = moving.reduce((sum, { replicas }) => sum + replicas, 0);
    return { wanted: all, least: moving.length };
  }
  const atTheEnd = workers.reduce((sum, { replicas }) => sum + replicas, 0);
  // One fewer is no gap only where there are several.
  const single = serving.filter(({ replicas, from }) => replicas === 1 && from !== undefined).length;
  return {
    wanted: Math.max(besides(serving, batch.surge, of), (batch.surge > 0 ? serving.length : 0) + atTheEnd),
    least: Math.max(batch.unavailable > 0 ? 0 : single, atTheEnd) + first,
  };
}
