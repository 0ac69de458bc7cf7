import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import type { Command, Option, Subcommand } from "../command.ts";
import { down } from "../migrate/down.ts";
import { lint } from "../migrate/lint.ts";
import { create } from "../migrate/new.ts";
import { prove } from "../migrate/prove.ts";
import { sql } from "../migrate/sql.ts";
import { status } from "../migrate/status.ts";
import { up } from "../migrate/up.ts";

const subcommands: readonly Subcommand[] = [lint, prove, status, up, down, sql, create];
const names = subcommands.map((one) => one.name);

export const migrate: Command = {
  name: "migrate",
  summary: subcommands.map(({ name, summary }) => `${name}: ${summary}`).join("\n"),
  takes: `<${names.join("|")}> [path…]`,
  completes: [names],
  options: optionsOf(subcommands),
  subcommands,
  examples: subcommands.flatMap((one) => one.examples),
  async run(given) {
    const [name = "", ...args] = given.args;
    const subcommand = subcommands.find((one) => one.name === name);
    if (subcommand === undefined)
      throw new UserError("usage", `gantry migrate has no ${JSON.stringify(printable(name))}`, {
        hint: didYouMean(name, names) ?? `gantry migrate ${names.join(" | ")}`,
      });
    return subcommand.run({ ...given, args });
  },
};

/** All of them, for whoever asks about the command as a whole; what one word means to several of them is said of each. */
function optionsOf(all: readonly Subcommand[]): Command["options"] {
  const options = new Map<string, Option>();
  for (const { options: own } of all)
    for (const [name, option] of Object.entries(own)) {
      const other = options.get(name);
      const help = other?.help.includes(option.help) !== false ? (other?.help ?? option.help) : `${other.help}; ${option.help}`;
      options.set(name, { ...option, help });
    }
  return Object.fromEntries(options);
}
