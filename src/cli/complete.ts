import { valueAt } from "../lib/paths.ts";
import { type Command, type Option, optionsOf } from "./command.ts";
import { readSpec } from "./read-spec.ts";

/** What could stand at the end of a command line; one a line. Anything that goes wrong completes nothing. */
export async function complete(words: readonly string[], commands: readonly Command[]): Promise<readonly string[]> {
  const [name = "", ...rest] = words;
  if (words.length <= 1) return commands.map((one) => one.name).filter((one) => one.startsWith(name));
  const command = commands.find((one) => one.name === name);
  if (!command) return [];
  const last = rest.at(-1) ?? "";
  const options = optionsOf(command);
  if (last.startsWith("-"))
    return Object.keys(options)
      .map((one) => `--${one}`)
      .filter((one) => one.startsWith(last));
  const { args, config, open } = typedSoFar(rest.slice(0, -1), options);
  if (open && open.completes === undefined) return (open.choices ?? []).filter((one) => one.startsWith(last));
  const kinds = command.completes ?? [];
  const kind = open?.completes ?? kinds[Math.min(args.length, kinds.length - 1)];
  if (typeof kind === "object") return kind;
  if (kind === undefined) return [];
  try {
    const spec = await readSpec({ options: config === undefined ? {} : { config } });
    if (kind === "environment")
      return Object.keys(spec.data["environments"] ?? {}).filter((one) => /^[\w.-]+$/.test(one) && one.startsWith(last));
    const { checkProduct } = await import("../spec/check.ts");
    const environment = checkProduct(spec).environments.find((one) => one.environment === args[0]);
    if (environment === undefined) return [];
    if (kind === "path") return pathsBelow(environment, last);
    return Object.entries(environment.exercises).flatMap(([called, one]) =>
      one.kind === kind && /^[\w.-]+$/.test(called) && called.startsWith(last) ? [called] : [],
    );
  } catch {
    return [];
  }
}

type Typed = { readonly args: readonly string[]; readonly config: string | undefined; readonly open: Option | undefined };

/** What stands on the line before the word that is typed: arguments, the spec that is named, and an option that waits for its value. */
function typedSoFar(words: readonly string[], options: Readonly<Record<string, Option>>): Typed {
  const args: string[] = [];
  let config: string | undefined;
  let name: string | undefined;
  let open: Option | undefined;
  for (const word of words) {
    if (open) {
      if (name === "config") config = word;
      open = undefined;
    } else if (word.startsWith("-")) {
      name = Object.keys(options).find((one) => word === `--${one}` || word === `-${options[one]?.short}`);
      open = name !== undefined && options[name]?.type === "string" ? options[name] : undefined;
    } else args.push(word);
  }
  return { args, config, open };
}

function pathsBelow(environment: object, typed: string): readonly string[] {
  const dot = typed.lastIndexOf(".");
  const around = dot < 0 ? [] : typed.slice(0, dot).split(".");
  const below = around.length === 0 ? environment : valueAt(environment, around);
  if (typeof below !== "object" || below === null) return [];
  return Object.keys(below)
    .filter((key) => /^[\w-]+$/.test(key))
    .map((key) => [...around, key].join("."))
    .filter((path) => path.startsWith(typed));
}
