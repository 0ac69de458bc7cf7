import { unmarked } from "../../synth/marked.ts";
import type { Change } from "./compare.ts";
import { partOf, withoutPart } from "./part.ts";

/** What was changed by hand stays as it is, without the mark that says who wrote it. */
export function ejected(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => {
    if ((change.is !== "edited" && change.is !== "let go") || change.before === undefined) return change;
    const part = partOf(change.path, change.before);
    const after = part === undefined ? unmarked(change.path, change.before) : withoutPart(change.path, change.before, part);
    return after === change.before ? change : { ...change, is: "changed", after };
  });
}
