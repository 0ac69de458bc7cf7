import { count, listed, printable } from "../../lib/text.ts";
import type { Colours } from "../terminal.ts";
import { isMade } from "./carry-out.ts";
import type { Change, Kind } from "./compare.ts";
import type { Told } from "./remembered.ts";

const verbs: Readonly<Record<Kind, readonly [done: string, would: string]>> = {
  same: ["as it was", "as it is"],
  new: ["wrote", "would write"],
  changed: ["changed", "would change"],
  removed: ["removed", "would remove"],
  edited: ["kept", "would keep"],
  foreign: ["kept", "would keep"],
  "let go": ["let go", "would let go"],
  replaced: ["let go", "would let go"],
};

const why: Partial<Record<Kind, string>> = {
  edited: "changed by hand since Gantry wrote it",
  foreign: "Gantry did not write it",
  "let go": "no longer in the spec, and changed by hand: it is yours now",
  replaced: "no longer in the spec, and something else is in its place",
};

/** A line for each file, or for each folder where a folder has many of one kind. */
export function toldChanges(
  changes: readonly Change[],
  how: { readonly dry: boolean; readonly force: boolean },
  colours: Colours,
): string {
  const { green, yellow, dim } = colours;
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.is === "same") continue;
    const kept = why[change.is] !== undefined && !isMade(change, how.force);
    const folder = change.path.split("/").slice(0, 3).join("/");
    const key = kept ? `kept ${change.path}` : `${change.is} ${folder}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group as [Change, ...Change[]];
      const reason = why[first.is];
      const kept = reason !== undefined && !isMade(first, how.force);
      const [done, would] = verbs[kept || reason === undefined ? first.is : first.is === "let go" ? "removed" : "changed"];
      const verb = (kept ? yellow : green)(how.dry ? would : done);
      const name =
        group.length === 1
          ? first.path
          : `${first.path.split("/").slice(0, 3).join("/")} ${dim(`(${count(group.length, "file")})`)}`;
      return `${verb} ${printable(name)}${reason === undefined ? "" : dim(kept ? ` (${reason})` : ` (was ${reason})`)}\n`;
    })
    .join("");
}

/** `12 files written, 3 changed, 1 removed; 40 as they were` */
export function summed(changes: readonly Change[], how: { readonly dry: boolean }): string {
  const of = (...kinds: readonly Kind[]) => changes.filter(({ is }) => kinds.includes(is)).length;
  const some = [
    [of("new"), how.dry ? "to be written" : "written"],
    [of("changed"), how.dry ? "to be changed" : "changed"],
    [of("removed"), how.dry ? "to be removed" : "removed"],
    [of("let go", "replaced"), how.dry ? "to be let go" : "let go"],
    [of("edited", "foreign"), "with another hand in them"],
  ] as const;
  const said = some.filter(([n]) => n > 0).map(([n, text]) => `${n} ${text}`);
  const same = of("same");
  return `${count(changes.length, "file")}: ${[...said, ...(same > 0 ? [`${same} as they should be`] : [])].join(", ")}`;
}

/** What nothing watches, for each environment how many; the page says which and why. */
export function toldUnwatched({ page, alerts }: Told["unwatched"], { yellow, cyan }: Colours): string {
  if (alerts.length === 0) return "";
  const environments = [...new Set(alerts.map(({ environment }) => environment))];
  const many = environments.map(
    (one) => `${alerts.filter(({ environment }) => environment === one).length} in ${printable(one)}`,
  );
  return `${yellow("!")} ${count(alerts.length, "alert")} of the spec ${alerts.length === 1 ? "is" : "are"} watched by nothing: ${listed(many)}\n  ${cyan("→")} ${printable(page)} says which, and why\n`;
}
