import { isRecord } from "../../lib/is-record.ts";
import { durationMs } from "../../lib/quantities.ts";

/** How long what a release asks has to hold: so much further back is looked at whether it did. At speed it is less. */
export function longestHeldMs(release: unknown): number {
  if (Array.isArray(release)) return Math.max(0, ...release.map(longestHeldMs));
  if (!isRecord(release)) return 0;
  const own = isRecord(release["signal"]) && typeof release["for"] === "string" ? durationMs(release["for"]) : 0;
  return Math.max(own, ...Object.values(release).map(longestHeldMs));
}
