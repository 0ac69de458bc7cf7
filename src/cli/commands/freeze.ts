import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { type Running, oneOf, queryText, whatRuns } from "../running.ts";
import { asOption, whoAsks } from "../who.ts";

const verbs = ["list", "begin", "end", "lift"] as const;

type Listed = {
  readonly frozen: readonly {
    readonly name: string;
    readonly because: string;
    readonly until?: string;
    readonly stops: readonly string[];
  }[];
  readonly lifted: readonly { readonly name: string; readonly by: string; readonly because: string; readonly until: string }[];
  readonly ofSpec: readonly {
    readonly name: string;
    readonly from: string;
    readonly until: string;
    readonly because: string;
    readonly stops: readonly string[];
  }[];
  readonly begun: readonly { readonly id: string; readonly by: string; readonly because: string; readonly until: string }[];
};

export const freeze: Command = {
  name: "freeze",
  summary: "Shows when nothing is shipped, begins and ends such times, and lifts those of the spec where a role may.",
  takes: "<list|begin|end|lift> [freeze]",
  completes: [verbs],
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the environment that it is about" },
    for: { type: "string", placeholder: "2h", help: "of begin and lift: how long" },
    because: { type: "string", placeholder: "why", help: "of begin and lift: goes on record" },
    stops: {
      type: "string",
      multiple: true,
      placeholder: "action",
      help: "release, promote, migrate, rollback or infrastructure; else all but rollback",
      choices: ["release", "promote", "migrate", "rollback", "infrastructure"],
    },
    as: asOption,
  },
  server: true,
  examples: [
    "gantry freeze list --env prod",
    'gantry freeze begin --env prod --for 2h --because "the auditors are here"',
    'gantry freeze lift holidays --env prod --for 1h --because "the fix for the outage" --as lead@example.com',
  ],
  async run(given) {
    const [verb = "", name] = given.args;
    const running = await whatRuns(given);
    const environment = oneOf(running, typeof given.options["env"] === "string" ? given.options["env"] : undefined);
    switch (verb) {
      case "list":
        return list(given, running, environment);
      case "begin":
        return begin(given, running, { environment });
      case "lift":
        if (name === undefined)
          throw new UserError("usage", "say which freeze is lifted", { hint: `gantry freeze list --env ${environment}` });
        return begin(given, running, { environment, lifts: name });
      case "end":
        if (name === undefined)
          throw new UserError("usage", "say which freeze ends", { hint: `gantry freeze list --env ${environment}` });
        return end(given, running, environment, name);
      default:
        throw new UserError("usage", `gantry freeze has no verb ${JSON.stringify(printable(verb))}`, {
          hint: didYouMean(verb, verbs) ?? verbs.join(" | "),
        });
    }
  },
};

async function list({ options, out, outColours }: Given, { platform, product }: Running, environment: string): Promise<number> {
  const listed = await platform.get<Listed>(`/v1/freezes?${queryText({ product, environment })}`);
  if (options["json"] === true) {
    out(`${JSON.stringify({ ok: true, ...listed }, undefined, 2)}\n`);
    return exit.done;
  }
  const { frozen, lifted, ofSpec, begun } = listed;
  if (frozen.length === 0) out(`${outColours.green("✓")} nothing stops a release to ${environment} now\n`);
  for (const one of frozen)
    out(
      `${outColours.red("✗")} ${outColours.bold(printable(one.name))} stops ${one.stops.join(", ")} until ${one.until ?? "it is ended"}: ${printable(one.because)}\n`,
    );
  for (const one of lifted)
    out(
      `${outColours.yellow("–")} ${printable(one.name)} is lifted by ${printable(one.by)} until ${one.until}: ${printable(one.because)}\n`,
    );
  for (const one of begun) out(outColours.dim(`  ${one.id}  begun by ${printable(one.by)}: ${printable(one.because)}\n`));
  for (const one of ofSpec)
    out(outColours.dim(`  ${printable(one.name)}  ${one.from} to ${one.until}: ${printable(one.because)}\n`));
  return exit.done;
}

async function begin(
  given: Given,
  { platform, product }: Running,
  about: { readonly environment: string; readonly lifts?: string },
): Promise<number> {
  const { options, out, outColours } = given;
  const forMs = typeof options["for"] === "string" ? parseDurationMs(options["for"]) : undefined;
  const { for: span } = options;
  if (forMs === undefined)
    throw new UserError("usage", typeof span === "string" ? `--for ${printable(span)} is no span` : "say for how long", {
      hint: "as --for 2h",
    });
  if (typeof options["because"] !== "string")
    throw new UserError("usage", "say why: it goes on record", { hint: '--because "…"' });
  const body = {
    product,
    ...about,
    forMs,
    because: options["because"],
    ...(options["stops"] === undefined ? {} : { stops: options["stops"] }),
    ...whoAsks(given),
  };
  for await (const done of platform.send<{ id: string; until: string; stops: readonly string[] }>("/v1/freezes", body)) {
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, ...done }, undefined, 2)}\n`);
    else if (about.lifts === undefined)
      out(
        `${outColours.green("✓")} ${about.environment} is frozen until ${done.until} (${done.stops.join(", ")})  ${outColours.dim(done.id)}\n`,
      );
    else out(`${outColours.green("✓")} ${printable(about.lifts)} is lifted in ${about.environment} until ${done.until}\n`);
  }
  return exit.done;
}

async function end(given: Given, { platform, product }: Running, environment: string, id: string): Promise<number> {
  const { options, out, outColours } = given;
  for await (const done of platform.send<{ id: string }>("/v1/freezes/end", { product, environment, id, ...whoAsks(given) }))
    out(
      options["json"] === true
        ? `${JSON.stringify({ ok: true, ...done }, undefined, 2)}\n`
        : `${outColours.green("✓")} the freeze ${done.id} is over\n`,
    );
  return exit.done;
}
