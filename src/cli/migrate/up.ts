import { count, printable } from "../../lib/text.ts";
import type { Planned } from "../../migrations/run/status.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { asOption } from "../who.ts";
import type { Forced } from "./ground.ts";
import { runOptions, textOf } from "./options.ts";
import { shownEvents } from "./show-events.ts";

export const up: Subcommand = {
  name: "up",
  takes: "",
  summary: "Applies what is open, one runner at a time; gives way in lock queues, and goes on where it was broken off.",
  options: {
    ...runOptions,
    to: { type: "string", placeholder: "number", help: "the last one" },
    force: { type: "boolean", help: "also what the code that runs in --env may still need; needs a reason" },
    reason: { type: "string", placeholder: "why", help: "goes on record" },
    as: asOption,
  },
  examples: ["gantry migrate up --dry-run", "gantry migrate up --env dev"],
  run,
};

async function run(given: Given): Promise<number> {
  const { options, out, err, colours, outColours } = given;
  const { groundOf } = await import("./ground-of.ts");
  const ground = await groundOf(given);
  const to = textOf(options["to"]);
  if (options["dry-run"] === true) return sayPlanned(await ground.planUp(to), "applied", given);
  if (options["json"] !== true) err(`${colours.bold(printable(ground.database))}\n`);
  const { tell, events } = shownEvents(given);
  const { applied, already } = await interruptible((signal) => ground.up(to, { tell, signal }, forcedOf(given)));
  if (options["json"] === true)
    out(`${JSON.stringify({ ok: true, database: ground.database, applied, already, events }, undefined, 2)}\n`);
  else
    out(
      `${outColours.green("✓")} ${applied.length === 0 ? `it has had ${count(already, "migration")}, and nothing is open` : `${count(applied.length, "migration")} applied`}\n`,
    );
  return exit.done;
}

function forcedOf({ options }: Given): Forced | undefined {
  const reason = textOf(options["reason"]);
  return options["force"] === true ? { force: true, ...(reason === undefined ? {} : { reason }) } : undefined;
}

/** What would be done, and how. */
export function sayPlanned(planned: readonly Planned[], done: "applied" | "undone", { options, out, outColours }: Given): number {
  const { bold, dim } = outColours;
  if (options["json"] === true) {
    out(`${JSON.stringify({ ok: true, dryRun: true, planned }, undefined, 2)}\n`);
    return exit.done;
  }
  if (planned.length === 0) out(`nothing would be ${done}\n`);
  for (const { name, how, statements, loses, stops } of planned) {
    out(`${bold(printable(name))} ${dim(how)}\n`);
    for (const { line, sql } of statements) out(`  ${dim(String(line).padStart(4))}  ${printable(sql)}\n`);
    for (const one of stops ?? []) out(`  ${outColours.red("✗")} ${printable(one)}\n`);
    for (const one of loses ?? []) out(`  ${outColours.yellow("!")} ${printable(one)}\n`);
  }
  return exit.done;
}
