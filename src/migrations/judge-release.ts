import { count, listed } from "../lib/text.ts";
import { contractsOf, isContract, isSaidCompatible } from "./expand-contract.ts";
import type { Migration } from "./migration.ts";
import type { Parser } from "./sql/parser.ts";

// Which of its open migrations a release may run.
//
// 1. What takes something away is a step of its own, marked `-- gantry: contract`: the code that comes with it works with and without it.
// 2. It waits until every revision that can be answered by, or gone back to, is one that came with it.
// 3. What says `-- gantry: compatible because …` is believed: code from before can live with it. What is lost by it is lost all the same.
// 4. What waits stops nothing else: the release goes on, says what is held, and a later one does it.

export type Policy = { readonly destructive?: "over two releases" | "never"; readonly reversibleOnly?: boolean };

/** A revision that can get traffic, or could again. */
export type InPlay = {
  readonly service: string;
  readonly revision: string;
  /** `serves`, `is in the rollback window` */
  readonly why: string;
  /** The migrations that it came with, as name and hash; undefined where nobody knows. */
  readonly cameWith: ReadonlySet<string> | undefined;
};

export type Held = { readonly migration: string; readonly does: readonly string[]; readonly because: string };

export type Judged = { readonly held: readonly Held[]; readonly refused: readonly string[] };

export const cameAs = ({ name, sha256 }: { readonly name: string; readonly sha256: string }): string => `${name} ${sha256}`;

export function judgeRelease(
  parser: Parser,
  open: readonly Migration[],
  { policy, inPlay }: { readonly policy: Policy; readonly inPlay: readonly InPlay[] },
): Judged {
  const refused: string[] = [];
  const held: Held[] = [];
  if (policy.reversibleOnly === true)
    for (const { name, down } of open)
      if (down === undefined) refused.push(`${name} has no way back, and this database takes only what has one`);
  if (policy.destructive === undefined) return { held, refused };
  const contracts = contractsOf(parser, open);
  for (const one of open) {
    const minds = isSaidCompatible(one.up) ? (policy.destructive === "never" ? ["loses"] : []) : ["loses", "breaks"];
    const does = contracts
      .filter(({ migration, kind }) => migration === one.name && (minds.includes(kind) || isContract(one.up)))
      .map((found) => found.does);
    if (does.length === 0 && !isContract(one.up)) continue;
    if (policy.destructive === "never") {
      if (does.length > 0) refused.push(`${one.name} ${listed(does)}, and this database never takes what does`);
    } else if (!isContract(one.up))
      refused.push(
        `${one.name} ${listed(does)}: code from before it may need that; in a migration of its own, marked -- gantry: contract, it waits for that code to go; or say -- gantry: compatible because …`,
      );
    else {
      const needing = inPlay.filter(({ cameWith }) => cameWith?.has(cameAs({ name: one.name, sha256: one.up.sha256 })) !== true);
      if (needing.length > 0) held.push({ migration: one.name, does, because: becauseOf(needing) });
    }
  }
  return { held, refused };
}

function becauseOf(needing: readonly InPlay[]): string {
  const named = needing.slice(0, 3).map(({ service, revision, why, cameWith }) => {
    const known = cameWith === undefined ? ", and nobody knows what it came with" : "";
    return `${service} ${revision} ${why}${known}`;
  });
  return listed([...named, ...(needing.length > 3 ? [count(needing.length - 3, "more revision")] : [])]);
}
