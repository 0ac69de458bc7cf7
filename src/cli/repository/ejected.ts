import { unmarked } from "../../synth/marked.ts";
import type { Change } from "./compare.ts";

/** What was changed by hand stays as it is, without the mark that says who wrote it. */
export function ejected(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => {
    if ((change.is !== "edited" && change.is !== "let go") || change.before === undefined) return change;
    const after = unmarked(change.path, change.before);
    return after === change.before ? change : { ...change, is: "changed", after };
  });
}
