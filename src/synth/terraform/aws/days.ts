import { durationMs } from "../../../lib/quantities.ts";

const dayMs = 86_400_000;

export function days(duration: string | undefined, otherwise: number): number {
  return duration === undefined ? otherwise : Math.max(1, Math.ceil(durationMs(duration) / dayMs));
}
