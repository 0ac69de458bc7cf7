import { nextAfter } from "../lib/cron.ts";
import type { Environment } from "../spec/environment.ts";

export type FreezeAction = "release" | "promote" | "migrate" | "rollback" | "infrastructure";

/** What a freeze stops where it does not say: everything but the way back. */
export const usuallyStopped: readonly FreezeAction[] = ["release", "promote", "migrate", "infrastructure"];

export type HeldFreeze = {
  readonly name: string;
  readonly because: string;
  readonly stops: readonly FreezeAction[];
  readonly untilMs: number;
};

/** Which freezes of a spec hold at a moment: those that stop this action, or all. */
export function heldFreezes(
  freezes: Environment["freezes"],
  action: FreezeAction | undefined,
  nowMs: number,
): readonly HeldFreeze[] {
  return Object.entries(freezes).flatMap(([name, freeze]) => {
    const { because, stops = usuallyStopped } = freeze;
    const untilMs = action === undefined || stops.includes(action) ? heldUntil(freeze, nowMs) : undefined;
    return untilMs === undefined ? [] : [{ name, because, stops, untilMs }];
  });
}

/** When a freeze that holds now ends; undefined where it does not hold. */
function heldUntil({ from, until }: Environment["freezes"][string], nowMs: number): number | undefined {
  if (from.includes(" ")) {
    const now = new Date(nowMs);
    const [begins, ends] = [nextAfter(from, now), nextAfter(until, now)];
    // Whoever ends before it begins again has begun already.
    return ends !== undefined && (begins === undefined || ends < begins) ? ends.getTime() : undefined;
  }
  const [fromMs, untilMs] = [momentMs(from), momentMs(until)];
  return fromMs <= nowMs && nowMs < untilMs ? untilMs : undefined;
}

function momentMs(text: string): number {
  return Date.parse(text.includes("T") ? text : `${text}T00:00Z`);
}
