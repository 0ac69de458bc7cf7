#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { printable } from "../lib/text.ts";
import { type Command, exit, helpText, narrowed, parseCommandLine } from "./command.ts";
import { alerts } from "./commands/alerts.ts";
import { approve } from "./commands/approve.ts";
import { check } from "./commands/check.ts";
import { completion } from "./commands/completion.ts";
import { dashboards } from "./commands/dashboards.ts";
import { diff } from "./commands/diff.ts";
import { down } from "./commands/down.ts";
import { eject } from "./commands/eject.ts";
import { events } from "./commands/events.ts";
import { explain } from "./commands/explain.ts";
import { freeze } from "./commands/freeze.ts";
import { history } from "./commands/history.ts";
import { init } from "./commands/init.ts";
import { load } from "./commands/load.ts";
import { login } from "./commands/login.ts";
import { logs } from "./commands/logs.ts";
import { migrate } from "./commands/migrate.ts";
import { open } from "./commands/open.ts";
import { preview } from "./commands/preview.ts";
import { query } from "./commands/query.ts";
import { rehearse } from "./commands/rehearse.ts";
import { release } from "./commands/release.ts";
import { report } from "./commands/report.ts";
import { restart } from "./commands/restart.ts";
import { rollback } from "./commands/rollback.ts";
import { rollout } from "./commands/rollout.ts";
import { schedules } from "./commands/schedules.ts";
import { snapshots } from "./commands/snapshots.ts";
import { secret } from "./commands/secret.ts";
import { server } from "./commands/server.ts";
import { show } from "./commands/show.ts";
import { signals } from "./commands/signals.ts";
import { slo } from "./commands/slo.ts";
import { status } from "./commands/status.ts";
import { synth } from "./commands/synth.ts";
import { token } from "./commands/token.ts";
import { up } from "./commands/up.ts";
import { whoami } from "./commands/whoami.ts";
import { failureDocument, failureText, knownFailure, stackOf, statusOf } from "./failure.ts";
import { refusalOf } from "../system/usable.ts";
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
  schedules,
  snapshots,
  secret,
  migrate,
  rehearse,
  load,
  release,
  rollout,
  rollback,
  approve,
  freeze,
  report,
  history,
  events,
  server,
  login,
  whoami,
  token,
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
process.stdout.write("", (error) => (error ? unwritten(error) : process.stderr.write("", () => process.exit())));

async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on("error", unwritten);
  // Where nobody can be told anything, the status still can.
  process.stderr.on("error", () => {});
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
      out(about ? helpText(narrowed(about, rest.slice(1)), outColours) : overview(outColours));
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
      out(helpText(narrowed(command, rest), outColours));
      return exit.done;
    }
    return await command.run({ ...given, out, err, colours, outColours });
  } catch (error) {
    return failed(error, argv);
  }
}

/** A reader that has seen enough (`| head`) is no failure, and a disk that is full is one. */
function unwritten(error: NodeJS.ErrnoException): never {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? exit.done);
  const known = refusalOf(error, "standard output");
  err(failureText(error, known, colours, 0));
  process.exit(known ? statusOf(known) : exit.no);
}

/** Says what went wrong, to a person or to a program, and with which status to leave. */
function failed(error: unknown, argv: readonly string[]): number {
  const known = knownFailure(error);
  if (argv.includes("--json")) out(`${JSON.stringify(failureDocument(known), undefined, 2)}\n`);
  else err(failureText(error, known, colours, argv.includes("--all") ? Infinity : 50));
  if (argv.includes("--debug")) err(`${stackOf(error)}\n`);
  return statusOf(known);
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
