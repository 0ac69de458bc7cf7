import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { nearest } from "../../../src/lib/nearest.ts";

// Reads a command line as gcloud does, against the part of its command tree that is kept beside this file.

type Kind = "switch" | "value" | readonly string[];
type Known = {
  readonly positionals: readonly (readonly [name: string, count: string, required?: "required"])[];
  readonly required?: readonly string[];
  readonly flags: Readonly<Record<string, Kind>>;
};
type Tree = {
  readonly gcloud: string;
  readonly wide: Readonly<Record<string, Kind>>;
  readonly commands: Readonly<Record<string, Known>>;
};

export const tree = JSON.parse(readFileSync(new URL("commands.json", import.meta.url), "utf8")) as Tree;

export type Flags = Readonly<Record<string, string | true>>;
export type Command = {
  /** `sql instances create` */
  readonly name: string;
  /** `sql instances` */
  readonly group: string;
  readonly verb: string;
  readonly positionals: readonly string[];
  readonly flags: Flags;
};

/** What gcloud would write to standard error before it ends with this status. */
export class Refusal extends Error {
  readonly status: number;
  constructor(command: string, message: string, status = 1) {
    super(`ERROR: (gcloud${command === "" ? "" : `.${command.replaceAll(" ", ".")}`}) ${message}\n`);
    this.status = status;
  }
}

export function parseCommand(words: readonly string[], input: string): Command {
  const name = nameOf(words);
  const known = tree.commands[name] as Known;
  const rest = words.slice(name.split(" ").length);
  const positionals: string[] = [];
  const flags: Record<string, string | true> = {};
  for (let index = 0; index < rest.length; index += 1) {
    const one = rest[index] as string;
    if (!one.startsWith("-")) positionals.push(one);
    else index += readFlag(one, rest[index + 1]);
  }
  if (flags["--flags-file"] === "-")
    for (const [flag, value] of Object.entries(parseYaml(input) as Record<string, unknown>)) readFlag(flag, String(value));
  checkPositionals(name, known, positionals);
  for (const flag of known.required ?? [])
    if (!(flag in flags)) throw new Refusal(name, `argument ${flag}: Must be specified.`, 2);
  const parts = name.split(" ");
  return { name, group: parts.slice(0, -1).join(" "), verb: parts.at(-1) ?? "", positionals, flags };

  /** How many of the following words belong to it. */
  function readFlag(word: string, next: string | undefined): number {
    const [, flag = word, , value] = /^([^=]+)(=([\s\S]*))?$/.exec(word) ?? [];
    const all = { ...tree.wide, ...known.flags };
    const kind = Object.hasOwn(all, flag) ? all[flag] : undefined;
    if (kind === undefined) {
      const meant = nearest(flag, Object.keys(all));
      throw new Refusal(name, `unrecognized arguments: ${word}${meant === undefined ? "" : ` (did you mean '${meant}'?)`}`, 2);
    }
    if (kind === "switch") {
      if (value !== undefined) throw new Refusal(name, `argument ${flag}: ignored explicit argument '${value}'`, 2);
      flags[flag] = true;
      return 0;
    }
    const given = value ?? next;
    if (given === undefined) throw new Refusal(name, `argument ${flag}: expected one argument`, 2);
    if (typeof kind !== "string" && !kind.includes(given))
      throw new Refusal(name, `argument ${flag}: Invalid choice: '${given}'.\n\nValid choices are [${kind.join(", ")}].`, 2);
    flags[flag] = given;
    return value === undefined ? 1 : 0;
  }
}

function nameOf(words: readonly string[]): string {
  const names = Object.keys(tree.commands);
  const path: string[] = [];
  for (const word of words) {
    const before = path.join(" ");
    const within = before === "" ? names : names.filter((one) => one === before || one.startsWith(`${before} `));
    if (within.includes(before) && !within.some((one) => one.startsWith(`${before} ${word} `) || one === `${before} ${word}`))
      break;
    const here = path.length === 0 ? word : `${before} ${word}`;
    if (!names.some((one) => one === here || one.startsWith(`${here} `)))
      throw new Refusal(before, word.startsWith("-") ? `unrecognized arguments: ${word}` : `Invalid choice: '${word}'.`, 2);
    path.push(word);
  }
  const name = path.join(" ");
  if (!names.includes(name)) throw new Refusal(name, "Command name argument expected.", 2);
  return name;
}

function checkPositionals(name: string, { positionals: wanted }: Known, given: readonly string[]): void {
  const missing = wanted.find(([, , required], index) => required === "required" && given[index] === undefined);
  if (missing) throw new Refusal(name, `argument ${missing[0]}: Must be specified.`, 2);
  const open = wanted.some(([, count]) => count === "*" || count === "+");
  if (!open && given.length > wanted.length)
    throw new Refusal(name, `unrecognized arguments: ${given.slice(wanted.length).join(" ")}`, 2);
}
