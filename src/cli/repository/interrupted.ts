import { UserError } from "../../lib/errors.ts";
import { count } from "../../lib/text.ts";
import type { Given } from "../command.ts";
import { failureDocument, failureText, statusOf } from "../failure.ts";
import type { Change } from "./compare.ts";
import { toldChanges } from "./tell.ts";

type Interruption = {
  readonly product: string;
  readonly folder: string;
  readonly changes: readonly Change[];
  readonly left: readonly Change[];
  readonly force: boolean;
};

/** Says which changes were made before somebody broke off and which were not; gives the status to leave with. */
export function toldInterruption(
  { options, out, err, colours }: Given,
  { product, folder, changes, left, force }: Interruption,
): number {
  const done = changes.filter((change) => !left.includes(change));
  const error = new UserError("interrupted", `broken off: ${count(left.length, "file")} of ${changes.length} not come to`, {
    hint: "every file is whole; call it again, and it goes on from here",
  });
  if (options["json"] === true) {
    const files = changes.map((change) => ({ path: change.path, is: change.is, done: !left.includes(change) }));
    out(`${JSON.stringify({ ...failureDocument(error), product, folder, files }, undefined, 2)}\n`);
  } else {
    err(toldChanges(done, { dry: false, force }, colours));
    err(toldChanges(left, { dry: true, force }, colours));
    err(failureText(error, error, colours, Infinity));
  }
  return statusOf(error);
}
