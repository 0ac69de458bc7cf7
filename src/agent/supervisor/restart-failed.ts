import { GantryError } from "../../lib/errors.ts";

/** A restart that was given up: what ran before runs on. */
export function restartFailed(key: string, end: { readonly reason?: string; readonly tail?: readonly string[] }): GantryError {
  const tail = end.tail ?? [];
  return new GantryError("restart-failed", `${key} was not restarted: the new process ${end.reason ?? "did not come up"}`, {
    hint: `the replicas that were ready before run on${tail.length === 0 ? "" : `; the last lines of the new one:\n${tail.join("\n")}`}`,
  });
}
