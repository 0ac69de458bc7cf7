import { count, printable } from "../../lib/text.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { backOf, runOptions } from "./options.ts";
import { shownEvents } from "./show-events.ts";
import { sayPlanned } from "./up.ts";

export const down: Subcommand = {
  name: "down",
  takes: "",
  summary: "Takes migrations back by their downs, the newest first, and says what is lost.",
  options: {
    ...runOptions,
    to: { type: "string", placeholder: "number", help: "the one that stays" },
    steps: { type: "string", placeholder: "n", help: "so many of them; one where nothing is said" },
  },
  examples: ["gantry migrate down --steps 1 --dry-run"],
  run,
};

async function run(given: Given): Promise<number> {
  const { options, out, err, colours, outColours } = given;
  const back = backOf(given);
  const { groundOf } = await import("./ground-of.ts");
  const ground = await groundOf(given);
  const planned = await ground.planDown(back);
  if (options["dry-run"] === true) return sayPlanned(planned, "undone", given);
  const loses = planned.flatMap((one) => (one.loses ?? []).map((what) => `${one.name} ${what}`));
  if (options["json"] !== true) {
    err(`${colours.bold(printable(ground.database))}\n`);
    for (const one of loses) err(`  ${colours.yellow("!")} ${printable(one)}\n`);
  }
  const { tell, events } = shownEvents(given);
  const { reverted, left } = await interruptible((signal) => ground.down(back, { tell, signal }));
  if (options["json"] === true)
    out(`${JSON.stringify({ ok: true, database: ground.database, reverted, left, loses, events }, undefined, 2)}\n`);
  else
    out(
      `${outColours.green("✓")} ${reverted.length === 0 ? "nothing was applied" : `${count(reverted.length, "migration")} undone`}, ${left} left\n`,
    );
  return exit.done;
}
