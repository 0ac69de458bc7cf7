import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import type { Command } from "../command.ts";
import { lint } from "../migrate/lint.ts";
import { prove } from "../migrate/prove.ts";
import type { Subcommand } from "../migrate/subcommand.ts";

const subcommands: readonly Subcommand[] = [lint, prove];
const names = subcommands.map((one) => one.name);

export const migrate: Command = {
  name: "migrate",
  summary: subcommands.map(({ name, summary }) => `${name}: ${summary}`).join("\n"),
  takes: `<${names.join("|")}> [path…]`,
  completes: [names],
  options: Object.assign({}, ...subcommands.map((one) => one.options)) as Command["options"],
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
