import { pathText } from "../../../src/lib/paths.ts";
import type { PlacedGate } from "../rollout/gates-in.ts";

/** Where a member of a collection stands in the spec: `alerts["API errors"]`. */
export function memberPath(collection: string, name: string): string {
  return pathText([collection, name]);
}

/** Where a gate comes from in the spec: the list of a release's policy that has it, or what it asks about. */
export function gatePath({ gate, watches, steps }: PlacedGate, index: number): string {
  if (gate === "alerts") return "alerts";
  if (gate === "freeze") return "freezes";
  if (watches) return pathText(["release", "rollbackOn", index]);
  return steps.includes(0) ? "release.requires" : "release.after";
}
