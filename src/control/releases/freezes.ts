import type { Environment } from "../../spec/environment.ts";
import type { FreezeRow } from "../../store/releases.ts";
import { type FreezeAction, heldFreezes } from "../../delivery/freezes.ts";
import type { Store } from "../../store/store.ts";

export type ActiveFreeze = {
  readonly name: string;
  /** Of one that somebody has begun, and can end. */
  readonly id?: string;
  readonly because: string;
  readonly until?: string;
  readonly stops: readonly string[];
};
export type LiftedFreeze = { readonly name: string; readonly by: string; readonly because: string; readonly until: string };

type Freezes = Environment["freezes"];
type Active = { readonly frozen: readonly ActiveFreeze[]; readonly lifted: readonly LiftedFreeze[] };

/** What is frozen now: by the spec, and by what people have begun and lifted since. Whoever asks asks here. */
export async function freezesNow(
  store: Pick<Store, "releases">,
  { product, key, ofSpec }: { readonly product: string; readonly key: string; readonly ofSpec: Freezes },
  action: FreezeAction | undefined,
  nowMs: number,
): Promise<Active & { readonly rows: readonly FreezeRow[] }> {
  const rows = await store.releases.freezes(product, key, new Date(nowMs));
  return { ...activeFreezes(ofSpec, rows, action, nowMs), rows };
}

/** Which freezes hold at a moment, and which would if nobody had lifted them. */
export function activeFreezes(
  ofSpec: Freezes,
  rows: readonly FreezeRow[],
  action: FreezeAction | undefined,
  nowMs: number,
): Active {
  const frozen: ActiveFreeze[] = [];
  const lifted: LiftedFreeze[] = [];
  const holds = (row: FreezeRow) => row.from.getTime() <= nowMs && nowMs < row.until.getTime();
  for (const { name, because, stops, untilMs } of heldFreezes(ofSpec, action, nowMs)) {
    const lift = rows.find((row) => row.lifts === name && holds(row) && (action === undefined || row.stops.includes(action)));
    if (lift !== undefined)
      lifted.push({ name, by: lift.actor, because: lift.because, until: minuteText(Math.min(untilMs, lift.until.getTime())) });
    else frozen.push({ name, because, until: minuteText(untilMs), stops });
  }
  for (const row of rows)
    if (row.lifts === null && holds(row) && (action === undefined || row.stops.includes(action)))
      frozen.push({
        name: `the freeze of ${row.actor}`,
        id: row.id,
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
