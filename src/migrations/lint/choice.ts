import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import type { FindingSeverity } from "../finding.ts";
import { ownRules, rules } from "../rules/all.ts";

/** Which rules are asked, and how bad it is what they find. Without an entry a rule says so itself. */
export type Choice = ReadonlyMap<string, FindingSeverity | "off" | "on">;

const levels: readonly (FindingSeverity | "off")[] = ["error", "warning", "advice", "off"];
const all = [...rules, ...ownRules];

export type Choosing = { readonly only?: string; readonly off?: string; readonly severity?: string };

/** `only` and `off` name rules or families, `severity` says `rule=level`; commas between them. What is said of one rule wins. */
export function choiceOf({ only, off, severity }: Choosing): Choice {
  const choice = new Map<string, FindingSeverity | "off" | "on">();
  if (only !== undefined) {
    const wanted = new Set(listed(only).flatMap(named));
    for (const { id } of all) choice.set(id, wanted.has(id) ? "on" : "off");
  }
  for (const id of listed(off ?? "").flatMap(named)) choice.set(id, "off");
  const said = listed(severity ?? "").map(levelIn);
  for (const { ids, level } of said.toSorted((a, b) => b.ids.length - a.ids.length)) for (const id of ids) choice.set(id, level);
  return choice;
}

function listed(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((one) => one !== "");
}

function named(name: string): readonly string[] {
  const ids = all.filter(({ id, family }) => id === name || family === name).map(({ id }) => id);
  if (ids.length > 0) return ids;
  throw new UserError("usage", `there is no rule ${JSON.stringify(printable(name))}`, {
    hint:
      didYouMean(name, [...new Set(all.flatMap(({ id, family }) => [id, family]))]) ?? "gantry migrate lint --rules lists them",
  });
}

function levelIn(text: string) {
  const [name = "", given] = text.split("=", 2);
  const level = levels.find((one) => one === given);
  if (level !== undefined) return { ids: named(name), level };
  throw new UserError("usage", `--severity ${JSON.stringify(printable(text))} says no level`, {
    hint: `write rule=level, with a level of ${levels.join(", ")}`,
  });
}

export function isAsked({ id, isOff }: { readonly id: string; readonly isOff?: true }, choice: Choice): boolean {
  const said = choice.get(id);
  return said === undefined ? isOff !== true : said !== "off";
}
