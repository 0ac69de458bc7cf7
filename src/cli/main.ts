#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { GantryError, UserError } from "../lib/errors.ts";
import { exitStatusOf } from "../lib/error-table.ts";
import { didYouMean } from "../lib/nearest.ts";
import { placeText } from "../lib/problem.ts";
import { printable, printableLines } from "../lib/text.ts";
import { type Command, exit, helpText, parseCommandLine } from "./command.ts";
import { alerts } from "./commands/alerts.ts";
import { check } from "./commands/check.ts";
import { completion } from "./commands/completion.ts";
import { dashboards } from "./commands/dashboards.ts";
import { diff } from "./commands/diff.ts";
import { down } from "./commands/down.ts";
import { eject } from "./commands/eject.ts";
import { explain } from "./commands/explain.ts";
import { init } from "./commands/init.ts";
import { logs } from "./commands/logs.ts";
import { open } from "./commands/open.ts";
import { preview } from "./commands/preview.ts";
import { query } from "./commands/query.ts";
import { restart } from "./commands/restart.ts";
import { secret } from "./commands/secret.ts";
import { show } from "./commands/show.ts";
import { signals } from "./commands/signals.ts";
import { slo } from "./commands/slo.ts";
import { status } from "./commands/status.ts";
import { synth } from "./commands/synth.ts";
import { up } from "./commands/up.ts";
import { problemsText } from "./print-problems.ts";
import { type Colours, coloursFor } from "./terminal.ts";

const commands: readonly Command[] = [
  init,
  check,
  show,
  explain,
  diff,
  up,
  down,
  status,
  logs,
  open,
  restart,
  preview,
  secret,
  query,
  alerts,
  slo,
  dashboards,
  signals,
  synth,
  eject,
  completion,
];

const colours = coloursFor(process.stderr);
const outColours = coloursFor(process.stdout);
const out = (text: string) => void process.stdout.write(text);
const err = (text: string) => void process.stderr.write(text);

process.exitCode = await main(process.argv.slice(2));
// A spec may have started what would keep this process alive: once everything is written, it ends.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));

async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.once("SIGINT", () => process.exit(130));
  const [first, ...rest] = argv;
  try {
    if (first === "--complete") {
      const { complete } = await import("./complete.ts");
      for (const word of await complete(rest, commands)) out(`${word}\n`);
      return exit.done;
    }
    if (first === "--version" || first === "-v") {
      out(`${version()}\n`);
      return exit.done;
    }
    if (first === undefined || first === "--help" || first === "-h" || first === "help") {
      const about = commands.find((one) => one.name === rest[0]);
      out(about ? helpText(about, outColours) : overview(outColours));
      return exit.done;
    }
    const command = commands.find((one) => one.name === first);
    if (!command)
      throw new UserError("usage", `gantry has no command ${JSON.stringify(printable(first))}`, {
        hint:
          didYouMean(
            first,
            commands.map((one) => one.name),
          ) ?? "gantry --help lists them",
      });
    const given = parseCommandLine(command, rest);
    if (given.options["help"] === true) {
      out(helpText(command, outColours));
      return exit.done;
    }
    return await command.run({ ...given, out, err, colours, outColours });
  } catch (error) {
    return failed(error, argv);
  }
}

/** Says what went wrong, to a person or to a program, and with which status to leave. */
function failed(error: unknown, argv: readonly string[]): number {
  const debug = argv.includes("--debug");
  const known = error instanceof GantryError ? error : undefined;
  const code = known?.code ?? "internal";
  if (argv.includes("--json")) {
    const problems = known?.problems ?? [];
    out(
      `${JSON.stringify({ ok: false, error: { code, message: known?.message ?? "an error in Gantry itself", hint: known?.hint ?? null }, problems }, undefined, 2)}\n`,
    );
  } else if (known && known.problems.length > 0)
    err(problemsText(known.problems, colours, argv.includes("--all") ? Infinity : 50));
  else if (known) {
    err(`${colours.red("error")} ${printableLines(known.message)}\n`);
    if (known.hint) err(`  ${colours.cyan("→")} ${printableLines(known.hint)}\n`);
    for (const place of known.places) err(colours.dim(`  at ${placeText(place)}\n`));
  } else {
    err(
      `${colours.red("error")} this is a mistake in Gantry itself: ${printable(error instanceof Error ? error.message : String(error))}\n`,
    );
    err(`  ${colours.cyan("→")} please report it, with what --debug shows\n`);
  }
  if (debug)
    err(`${(error instanceof Error && (error.cause instanceof Error ? error.cause.stack : error.stack)) || String(error)}\n`);
  return known ? exitStatusOf(code) : 70;
}

function overview({ bold, cyan, dim }: Colours): string {
  const width = Math.max(...commands.map((one) => one.name.length + one.takes.length + 1));
  return [
    `${bold("gantry")} ${version()}: one typed file says how a product is built, shipped, watched and recovered`,
    "",
    ...commands.map((one) => `  ${cyan(`${one.name} ${one.takes}`.padEnd(width))}  ${one.summary.split(/[.;]/, 1)[0]}`),
    "",
    dim("gantry <command> --help says more; every command takes --json"),
    "",
  ].join("\n");
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}
