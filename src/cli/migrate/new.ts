import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { newMigration } from "../../migrations/files/new-migration.ts";
import { readFolder } from "../../migrations/files/read-folder.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { folderOf, folderOptions, textOf, toolOf, usualFolder } from "./options.ts";

export const create: Subcommand = {
  name: "new",
  takes: "[name…]",
  summary: "Writes the next migration with its way back, numbered as the others are.",
  options: folderOptions,
  examples: ["gantry migrate new add_title_to_notes"],
  run,
};

function run(given: Given): Promise<number> {
  const { args, options, out, outColours } = given;
  if (args.length === 0) throw new UserError("usage", "say what it is called", { hint: "gantry migrate new add_title_to_notes" });
  // The first one makes its folder.
  const folder = textOf(options["dir"]) === undefined ? (usualFolder() ?? path.resolve("migrations")) : folderOf(given);
  const found = existsSync(folder)
    ? readFolder(folder, toolOf(given))
    : { folder, tool: "sql" as const, migrations: [], notes: [] };
  const { up, down } = newMigration(found, args.join("_"), Date.now());
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, up, down }, undefined, 2)}\n`);
  else for (const file of [up, down]) out(`${outColours.green("✓")} ${path.relative("", file)}\n`);
  return Promise.resolve(exit.done);
}
