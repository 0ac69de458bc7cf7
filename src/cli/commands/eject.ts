import { rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { type Command, type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { carryOut } from "../repository/carry-out.ts";
import { compare } from "../repository/compare.ts";
import { manifestName } from "../repository/manifest.ts";
import { ejected } from "../repository/ejected.ts";
import { toldInterruption } from "../repository/interrupted.ts";
import { forget } from "../repository/remembered.ts";
import { summed, toldChanges } from "../repository/tell.ts";
import { wantedFiles } from "../repository/wanted.ts";

export const eject: Command = {
  name: "eject",
  summary:
    "Leaves the files of gantry synth as plain ones, for a team that goes on without Gantry: no mark in them, and nothing that calls it.",
  takes: "",
  options: {
    yes: { type: "boolean", short: "y", help: "ask nothing" },
    "dry-run": { type: "boolean", help: "write nothing; say what would be written" },
    force: { type: "boolean", help: "overwrite and remove what was changed by hand too" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of switched environments" },
  },
  examples: ["gantry eject --dry-run", "gantry eject --yes"],
  async run(given) {
    const { options, out, err, colours } = given;
    const [dry, force] = [options["dry-run"] === true, options["force"] === true];
    const { folder, product, files, manifest } = await wantedFiles(given, { plain: true });
    if (manifest === undefined)
      throw new UserError("nothing-written", `there is no ${manifestName} here, so nothing says which files Gantry wrote`, {
        hint: "gantry synth writes the files, and it; where it was lost, take it from the repository's history",
      });
    const compared = compare(folder, files, manifest, "plain");
    const changes = force ? compared : ejected(compared);
    const theirs = changes.filter(({ is }) => is === "edited" || is === "foreign");
    if (!dry) {
      await sure(given, folder);
      const left = await interruptible((signal) => carryOut(folder, changes, { product, manifest, force, signal }));
      if (left.length > 0) return toldInterruption(given, { product, folder, changes, left, force });
      rmSync(path.join(folder, manifestName));
      forget(folder);
    }
    if (options["json"] === true)
      out(
        `${JSON.stringify({ ok: true, product, folder, dryRun: dry, files: changes.map(({ path: name, is }) => ({ path: name, is })) }, undefined, 2)}\n`,
      );
    else {
      err(toldChanges(changes, { dry, force }, colours));
      err(`${colours.green("✓ ")}${summed(changes, { dry })}\n`);
      if (theirs.length > 0 && !force)
        err(`  ${colours.cyan("→")} what was changed by hand may still name Gantry: look those files through\n`);
      if (!dry) err(`  ${colours.cyan("→")} the files are yours now; the spec stays, and may be removed\n`);
    }
    return exit.done;
  },
};

async function sure({ options }: Given, folder: string): Promise<void> {
  if (options["yes"] === true) return;
  if (options["json"] === true || !process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError("usage", "gantry eject asks before it lets go of the files, and nobody can answer here", {
      hint: "say --yes",
    });
  const { confirm, isCancel } = await import("@clack/prompts");
  const answer = await confirm({
    message: `Let go of the files in ${folder}? gantry synth will not know them any more.`,
    output: process.stderr,
  });
  if (isCancel(answer) || !answer) throw new UserError("interrupted", "nothing was changed");
}
