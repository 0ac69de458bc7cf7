import path from "node:path";
import { count, printable } from "../../lib/text.ts";
import type { Standing } from "../../migrations/run/status.ts";
import { serverNamed } from "../api.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { databaseOptions } from "./options.ts";

export const status: Subcommand = {
  name: "status",
  takes: "",
  summary:
    "Says which migrations a database has had, which are open, half done or changed, and what other tools have done there.",
  options: { ...databaseOptions, "exit-code": { type: "boolean", help: "end with 1 where some are open" } },
  server: true,
  examples: ["gantry migrate status --database postgres://localhost/shop", "gantry migrate status --env dev --exit-code"],
  run,
};

async function run(given: Given): Promise<number> {
  const { options, out } = given;
  const isElsewhere = serverNamed(given) !== undefined && options["env"] !== undefined;
  const ground = isElsewhere
    ? await (await import("./remote-ground.ts")).remoteGround(given)
    : await (await import("./ground-of.ts")).groundOf(given);
  const { tool, migrations, histories, notes } = await ground.status();
  const open = migrations.filter(({ is }) => is === "open").length;
  const wrong = migrations.some(({ is }) => is === "half-way" || is === "changed" || is === "missing");
  const ok = !wrong && !(options["exit-code"] === true && open > 0);
  if (options["json"] === true)
    out(
      `${JSON.stringify({ ok, database: ground.database, folder: ground.folder, tool, open, migrations, histories, notes }, undefined, 2)}\n`,
    );
  else {
    const { bold, dim, yellow } = given.outColours;
    out(`${bold(printable(ground.database))} ${dim(`${path.relative("", ground.folder) || "."}, ${tool}`)}\n`);
    const width = Math.max(0, ...migrations.map(({ name }) => printable(name).length));
    for (const one of migrations) out(`${lineOf(one, width, given)}\n`);
    for (const { tool: of, table, applied, failed } of histories) {
      out(
        `${bold(of)} ${dim(table)} has had ${count(applied.length, "migration")}, the last of them ${printable(applied.at(-1) ?? "none")}\n`,
      );
      for (const name of failed)
        out(`  ${yellow("!")} ${printable(name)} has begun and not ended: ${of} itself knows how to go on\n`);
    }
    for (const { file, says } of notes) out(`${yellow("!")} ${printable(path.relative("", file))}: ${says}\n`);
    out(
      open === 0
        ? "nothing is open\n"
        : `${count(open, "migration")} open: gantry migrate up applies ${open === 1 ? "it" : "them"}\n`,
    );
  }
  return ok ? exit.done : exit.no;
}

function lineOf({ name, is, says, reversible }: Standing, width: number, { outColours }: Given): string {
  const { green, yellow, red, dim } = outColours;
  const mark = { applied: green("✓"), open: dim("·"), changed: red("✗"), "half-way": red("✗"), missing: yellow("!") }[is];
  const back = reversible || is === "missing" ? "" : dim("  no way back");
  return `  ${mark} ${printable(name).padEnd(width)}  ${is}${back}${says === undefined ? "" : dim(`  ${printable(says)}`)}`;
}
