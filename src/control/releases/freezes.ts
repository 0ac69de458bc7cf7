import type { Environment } from "../../spec/environment.ts";
import type { FreezeRow } from "../../store/releases.ts";
import { type FreezeAction, heldUntil, usuallyStopped } from "../../delivery/freezes.ts";

export type ActiveFreeze = {
  readonly name: string;
  readonly because: string;
  readonly until?: string;
  readonly stops: readonly string[];
};
export type LiftedFreeze = { readonly name: string; readonly by: string; readonly because: string; readonly until: string };

type Freezes = Environment["freezes"];

/** Which freezes hold at a moment, and which would if nobody had lifted them. */
export function activeFreezes(
  ofSpec: Freezes,
  rows: readonly FreezeRow[],
  action: FreezeAction | undefined,
  nowMs: number,
): { readonly frozen: readonly ActiveFreeze[]; readonly lifted: readonly LiftedFreeze[] } {
  const frozen: ActiveFreeze[] = [];
  const lifted: LiftedFreeze[] = [];
  const holds = (row: FreezeRow) => row.from.getTime() <= nowMs && nowMs < row.until.getTime();
  for (const [name, freeze] of Object.entries(ofSpec)) {
    const stops = freeze.stops ?? usuallyStopped;
    if (action !== undefined && !stops.includes(action)) continue;
    const untilMs = heldUntil(freeze, nowMs);
    if (untilMs === undefined) continue;
    const lift = rows.find((row) => row.lifts === name && holds(row) && (action === undefined || row.stops.includes(action)));
    if (lift !== undefined)
      lifted.push({ name, by: lift.actor, because: lift.because, until: minuteText(Math.min(untilMs, lift.until.getTime())) });
    else frozen.push({ name, because: freeze.because, until: minuteText(untilMs), stops });
  }
  for (const row of rows)
    if (row.lifts === null && holds(row) && (action === undefined || row.stops.includes(action)))
      frozen.push({
        name: `the freeze of ${row.actor}`,
        because: row.because,
        until: minuteText(row.until.getTime()),
        stops: row.stops,
      });
  return { frozen, lifted };
}

/** "2026-12-24 18:00 UTC" */
export function minuteText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
