import { isRollback } from "../../delivery/begin-release.ts";
import { isTouched } from "../../delivery/advance/wishes-down.ts";
import type { Release } from "../../delivery/release.ts";
import type { Control } from "../control.ts";
import { servingOf } from "./make-release.ts";

/** Whoever says it this soon after may not have seen it: it is by the clock, for people are not faster at speed. */
const justMs = 10 * 60_000;

/** These services of an environment, or whichever were released. */
export type BackOf = { readonly product: string; readonly key: string; readonly services: readonly string[] };

/**
 * By what these services have gone back just now: by somebody's rollback, or by themselves. Whoever saw the same trouble and says it a
 * moment later means that, and not one revision further.
 */
export async function lastWayBack(
  { platform, engine }: Pick<Control, "platform" | "engine">,
  { product, key, services }: BackOf,
  nowMs: number,
): Promise<Release | undefined> {
  const serving = await servingOf(platform, product, key);
  const rows = await platform.store.runs.list(product, { environment: key, kind: "release", limit: 20 });
  const last = rows
    .map((row) => engine.read(row) as Release)
    .filter(({ changes }) => services.length === 0 || changes.some(({ service }) => services.includes(service)))
    // What was refused before anything of it ran has not gone back.
    .find((one) => one.phase !== "degraded" || isTouched(one));
  if (last === undefined) return undefined;
  const { phase, changes, startedAtMs, endedAtMs = startedAtMs } = last;
  if (nowMs - endedAtMs > justMs) return undefined;
  const isBack =
    phase === "degraded"
      ? changes.every(({ service, from }) => from === serving.get(service))
      : isRollback(last) && changes.every(({ service, to }) => to === serving.get(service));
  return isBack ? last : undefined;
}
