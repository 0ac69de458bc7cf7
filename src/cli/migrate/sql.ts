import { readFolder } from "../../migrations/files/read-folder.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { folderOf, folderOptions, limitsOf, textOf, timeOptions, toolOf } from "./options.ts";

/** Needs no database and no spec: what it writes is read, linted and kept by whoever applies it. */
export const sql: Subcommand = {
  name: "sql",
  takes: "",
  summary: "Writes what up would send as one script, without a database.",
  options: {
    ...folderOptions,
    ...timeOptions,
    from: { type: "string", placeholder: "number", help: "the last one that the database has had" },
    to: { type: "string", placeholder: "number", help: "the last one" },
  },
  examples: ["gantry migrate sql --from 0004 > open.sql"],
  run,
};

async function run(given: Given): Promise<number> {
  const { offlineSql } = await import("../../migrations/run/offline.ts");
  const { options, out } = given;
  const { migrations } = readFolder(folderOf(given), toolOf(given));
  const script = offlineSql(migrations, { from: textOf(options["from"]), to: textOf(options["to"]), limits: limitsOf(given) });
  out(options["json"] === true ? `${JSON.stringify({ ok: true, sql: script }, undefined, 2)}\n` : script);
  return exit.done;
}
