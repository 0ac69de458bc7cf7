import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { LogLine } from "../../wire/log-line.ts";
import { type Level, levels } from "../../signals/logs/level.ts";
import type { SavedLinesView, TraceView } from "../../wire/signals.ts";
import { traceText } from "../trace-text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { type LogSource, logSource } from "../logs/log-source.ts";
import { queryText, someOf, whatRuns } from "../running.ts";
import { savedLinesText } from "../saved-lines-text.ts";
import type { Colours } from "../terminal.ts";

export const logs: Command = {
  name: "logs",
  summary: "Shows what services wrote, in the order of time; also of those that have died. Secrets are masked.",
  takes: "[env]",
  completes: ["environment"],
  options: {
    follow: { type: "boolean", short: "f", help: "stay, and show what comes" },
    service: { type: "string", short: "s", placeholder: "name", help: "of this service only" },
    since: { type: "string", placeholder: "10m", help: "of the last so long, or since a moment as 2026-11-21T10:00:00Z" },
    trace: { type: "string", placeholder: "id", help: "of one request, by its trace" },
    level: { type: "string", placeholder: "level", help: "of this level and worse: debug, info, warn, error", choices: levels },
    text: { type: "string", placeholder: "text", help: "only lines with this in them" },
    requests: { type: "boolean", short: "r", help: "with each request that the gateway took (always with --trace)" },
    stats: { type: "boolean", help: "how many lines the spec's exclusions left out, and the share which that saved" },
    last: { type: "string", short: "n", placeholder: "n", help: "the last so many lines (200)" },
  },
  server: true,
  examples: [
    "gantry logs -f",
    "gantry logs prod --service api --since 10m",
    "gantry logs prod --stats",
    "gantry logs --trace 4bf92f3577b34da6a3ce929d0e0e4736",
  ],
  async run(given) {
    const { args, options, out, err, colours, outColours } = given;
    const json = options["json"] === true;
    const source = await logSource(given);
    const known = source.environments;
    const [named] = args;
    if (named !== undefined && !known.includes(named))
      throw new UserError("unknown-environment", `${printable(named)} has written no log here`, {
        hint: didYouMean(named, known) ?? `gantry up ${printable(named)}`,
      });
    const environments = named === undefined ? known : [named];
    if (options["stats"] === true) return stats(given, named);
    const filter = {
      ...(typeof options["service"] === "string" ? { service: options["service"] } : {}),
      ...(typeof options["since"] === "string" ? { since: momentOf(options["since"]) } : {}),
      ...(typeof options["trace"] === "string" ? { trace: options["trace"].toLowerCase(), requests: true } : {}),
      ...(options["requests"] === true ? { requests: true } : {}),
    };
    const level = levelOf(options["level"]);
    if (options["follow"] === true && (level !== undefined || options["text"] !== undefined))
      throw new UserError("usage", "--follow shows every line", { hint: "leave out --level and --text, or --follow" });
    const limit = lastOf(options["last"], filter.since !== undefined || filter.trace !== undefined);
    const print = (line: LogLine) =>
      out(json ? `${JSON.stringify(line)}\n` : `${lineText(line, environments.length > 1, outColours)}\n`);
    if (options["follow"] === true) {
      await Promise.all(
        environments.map(async (environment) => {
          for await (const line of source.follow(environment, { ...filter, ...(limit === undefined ? {} : { limit }) }))
            print(line);
        }),
      );
      return exit.done;
    }
    const wanted = {
      ...filter,
      ...(level === undefined ? {} : { level }),
      ...(typeof options["text"] === "string" ? { text: options["text"] } : {}),
      ...(limit === undefined ? {} : { limit }),
    };
    const each = await Promise.all(environments.map((environment) => source.search(environment, wanted)));
    if (source.most !== undefined && (limit ?? Infinity) > source.most && each.some(({ length }) => length === source.most))
      err(colours.dim(`only the newest ${source.most} are shown: --since and --text narrow it\n`));
    const past = each.flat().toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    const shown = limit === undefined ? past : past.slice(Math.max(0, past.length - limit));
    const { trace } = filter;
    const traced = trace === undefined ? undefined : await tracedIn(source, environments, trace);
    if (json) out(`${JSON.stringify({ ok: true, lines: shown, ...traced }, undefined, 2)}\n`);
    else {
      if (traced !== undefined && traced.spans.length > 0) out(`${traceText(traced.spans, outColours)}\n`);
      for (const line of shown) print(line);
    }
    return exit.done;
  },
};

/** Of what runs: it is counted where lines are written. */
async function stats(given: Given, named: string | undefined): Promise<number> {
  const other = ["follow", "service", "since", "trace", "level", "text", "requests", "last"].find(
    (name) => given.options[name] !== undefined,
  );
  if (other !== undefined)
    throw new UserError("usage", `--stats is of all lines, and --${other} of some`, { hint: `leave out --${other} or --stats` });
  const running = await whatRuns(given);
  const all = await Promise.all(
    someOf(running, named === undefined ? [] : [named]).map((environment) =>
      running.platform.get<SavedLinesView>(`/v1/saved-lines?${queryText({ environment })}`),
    ),
  );
  if (given.options["json"] === true) given.out(`${JSON.stringify({ ok: true, stats: all }, undefined, 2)}\n`);
  else given.out(savedLinesText(all, given.outColours));
  return exit.done;
}

/** What the server keeps of a trace beside the lines; nothing where it does not run, for lines are there all the same. */
async function tracedIn(source: LogSource, environments: readonly string[], trace: string): Promise<TraceView | undefined> {
  const each = await Promise.all(environments.map((environment) => source.traceOf(environment, trace)));
  if (environments.length > 0 && each.every((one) => one === undefined)) return undefined;
  return { spans: each.flatMap((one) => one?.spans ?? []), sent: each.flatMap((one) => one?.sent ?? []) };
}

function levelOf(given: unknown): Level | undefined {
  if (typeof given !== "string") return undefined;
  const level = levels.find((one) => one === given);
  if (level === undefined)
    throw new UserError("usage", `--level ${printable(given)} is no level`, {
      hint: didYouMean(given, levels) ?? levels.join(", "),
    });
  return level;
}

function momentOf(text: string): Date {
  const ms = parseDurationMs(text);
  const moment = ms === undefined ? new Date(text) : new Date(Date.now() - ms);
  if (Number.isNaN(moment.getTime()))
    throw new UserError("usage", `--since ${printable(text)} is no time`, {
      hint: "write it as 90s, 10m, 2h, or 2026-11-21T10:00:00Z",
    });
  return moment;
}

function lastOf(given: unknown, narrowed: boolean): number | undefined {
  if (given === undefined) return narrowed ? undefined : 200;
  const number = Number(given);
  if (!Number.isInteger(number) || number < 0)
    throw new UserError("usage", `-n ${String(given)} is no number of lines`, { hint: "as -n 50" });
  return number;
}

/** `10:00:00.123 api │ text`; what a service wrote is shown without anything that a terminal would obey. */
function lineText(line: LogLine, withEnvironment: boolean, { dim, cyan, yellow }: Colours): string {
  const who = withEnvironment ? `${line.environment} ${line.service}` : line.service;
  const text = printable(line.line);
  return `${dim(line.time.slice(11, 23))} ${cyan(who)} ${dim("│")} ${line.stream === "gantry" ? yellow(text) : line.stream === "gateway" ? dim(text) : text}`;
}
