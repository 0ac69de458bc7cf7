import { parseArgs } from "node:util";
import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Colours } from "./terminal.ts";

type ExerciseKind = "game day" | "load test";

export type Option = {
  readonly type: "boolean" | "string";
  readonly short?: string;
  readonly multiple?: boolean;
  readonly placeholder?: string;
  readonly help: string;
  /** What completion offers after it. */
  readonly choices?: readonly string[];
  /** Instead: the names of the environment's exercises of that kind. */
  readonly completes?: ExerciseKind;
};

export type Command = {
  readonly name: string;
  readonly summary: string;
  /** `<env> [path]` */
  readonly takes: string;
  /** What completion offers for its arguments, in their order; the last one repeats when the last argument does. */
  readonly completes?: readonly ("environment" | "path" | ExerciseKind | readonly string[])[];
  readonly options: Readonly<Record<string, Option>>;
  /** A server elsewhere may be asked instead of that of this folder. */
  readonly server?: true;
  readonly examples: readonly string[];
  /** Words behind it with options of their own: what is another one's is no option of it. */
  readonly subcommands?: readonly Subcommand[];
  readonly run: (given: Given) => Promise<number>;
};

export type Subcommand = Pick<Command, "name" | "summary" | "takes" | "options" | "server" | "examples" | "run">;

export type Given = {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly colours: Colours;
  readonly outColours: Colours;
};

const commonOptions: Readonly<Record<string, Option>> = {
  config: {
    type: "string",
    short: "c",
    placeholder: "file",
    help: "the spec, when it is not gantry.config.ts here or in a folder above",
  },
  json: { type: "boolean", help: "one JSON document on standard output, for programs" },
  debug: { type: "boolean", help: "show the stack of what went wrong" },
  help: { type: "boolean", short: "h", help: "say how this command is used" },
};

const serverOptions: Readonly<Record<string, Option>> = {
  server: { type: "string", placeholder: "url", help: "another server than that of this folder; else GANTRY_SERVER" },
  product: { type: "string", placeholder: "name", help: "with --server: which product, where no spec is here that says it" },
};

/** Its own, and those that it has with others. */
export function optionsOf({ options, server }: Pick<Command, "options" | "server">): Readonly<Record<string, Option>> {
  return { ...options, ...(server === true ? serverOptions : {}), ...commonOptions };
}

/** Exit statuses, as docs/cli.md lists them. */
export const exit = { done: 0, no: 1, wrongInput: 2, held: 3, notAllowed: 4, notReachable: 5 } as const;

export function parseCommandLine(whole: Command, argv: readonly string[]): Pick<Given, "args" | "options"> {
  const command = narrowed(whole, argv);
  const options = optionsOf(command);
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, short, multiple }]) => [
          name,
          { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
    const places = command.takes.split(" ").filter((one) => one !== "");
    const least = places.filter((one) => one.startsWith("<")).length;
    const most = places.some((one) => one.includes("…")) ? Infinity : places.length;
    if (values["help"] !== true) {
      const given = command === whole ? positionals : positionals.slice(1);
      if (given.length < least) throw usage(command, `gantry ${command.name} needs ${places[given.length] ?? "more"}`);
      if (given.length > most)
        throw usage(
          command,
          `gantry ${command.name} takes ${most === 0 ? "no argument" : `at most ${most}`}, and was given ${JSON.stringify(given[most])} too`,
        );
    }
    return { args: positionals, options: values as Given["options"] };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const unknown = /^Unknown option '(-+[^']*)'/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw usage(command, `gantry ${command.name}: ${valueProblem((error as Error).message)}`);
    if (unknown === "--server")
      throw new UserError("only-here", `gantry ${command.name} is done on the machine itself: no server elsewhere does it`, {
        hint: "leave --server out, on the machine that it is about",
      });
    const guess = didYouMean(unknown.replace(/^-+/, ""), Object.keys(options));
    throw usage(
      command,
      `gantry ${command.name} has no option ${unknown}`,
      guess?.startsWith("did") ? guess.replace(/"(.+)"/, "--$1") : undefined,
    );
  }
}

/** As the word behind it has it, where one of its own stands there. */
export function narrowed(command: Command, argv: readonly string[]): Command {
  const word = argv.find((one) => command.subcommands?.some(({ name }) => name === one));
  const own = command.subcommands?.find(({ name }) => name === word);
  return own === undefined ? command : { ...own, name: `${command.name} ${own.name}` };
}

/** What Node says of an option's value, in our words. */
function valueProblem(said: string): string {
  const option = /--[\w-]+/.exec(said)?.[0];
  if (option === undefined) return said.split(/[.\n]/, 1)[0] ?? "wrong options";
  return said.includes("does not take") ? `${option} takes no value` : `${option} needs a value`;
}

function usage(command: Command, message: string, hint?: string): UserError {
  return new UserError("usage", message, { hint: hint ?? `gantry ${command.name} --help says how it is used` });
}

export function helpText(command: Command, colours: Colours): string {
  const { bold, dim, cyan } = colours;
  const rows = Object.entries(optionsOf(command)).map(([name, { short, placeholder, help }]) => {
    return [`${short ? `-${short}, ` : "    "}--${name}${placeholder ? ` <${placeholder}>` : ""}`, help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `${bold(`gantry ${command.name}`)} ${command.takes}`.trimEnd(),
    "",
    command.summary,
    "",
    bold("Options"),
    ...rows.map(([left, help]) => `  ${cyan(left.padEnd(width))}  ${help}`),
    ...(command.examples.length > 0 ? ["", bold("Examples"), ...command.examples.map((one) => `  ${dim("$")} ${one}`)] : []),
    "",
  ].join("\n");
}
