import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { type Command, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { specFile, switchesOf } from "../read-spec.ts";
import { carryOut, isMade } from "../repository/carry-out.ts";
import { type Change, compare } from "../repository/compare.ts";
import { toldInterruption } from "../repository/interrupted.ts";
import { unifiedDiff } from "../repository/line-diff.ts";
import { summed, toldChanges, toldUnwatched } from "../repository/tell.ts";
import { Inputs, type Told, remember, unchangedSince } from "../repository/remembered.ts";
import { wantedFiles } from "../repository/wanted.ts";

export const synth: Command = {
  name: "synth",
  summary:
    "Writes the product's infrastructure as files: Terraform, Kubernetes, compose, pipelines, scripts, docs. What was changed by hand is kept.",
  takes: "",
  options: {
    check: { type: "boolean", help: "write nothing; exit 1 when the files are not what the spec says" },
    diff: { type: "boolean", help: "write nothing; show what would change, hand edits included" },
    "dry-run": { type: "boolean", help: "write nothing; say what would be written" },
    force: { type: "boolean", help: "overwrite and remove what was changed by hand too" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of switched environments" },
  },
  examples: ["gantry synth", "gantry synth --check", "gantry synth --diff", "gantry synth --switch cloud=azure"],
  async run(given) {
    const { options, out, err, colours, outColours } = given;
    const [check, diff, force] = [options["check"] === true, options["diff"] === true, options["force"] === true];
    const dry = check || diff || options["dry-run"] === true;
    if (check && force)
      throw new UserError("usage", "--check writes nothing, and --force overwrites", { hint: "leave one of them out" });
    const spec = specFile(given);
    const asked = switchesOf(given);
    const remembered = diff ? undefined : unchangedSince(path.dirname(spec), spec, asked);
    const { folder, product, changes, known, left, unwatched } = remembered ?? (await worked());
    if (left.length > 0) return toldInterruption(given, { product, folder, changes, left, force });
    const theirs = changes.filter(({ is }) => is === "edited" || is === "foreign");
    const differing = changes.filter(({ is }) => is !== "same");
    // Without the manifest nobody would notice a hand edit any more.
    const no = check ? differing.length > 0 || (!known && changes.length > 0) : !diff && !force && theirs.length > 0;
    if (options["json"] === true) {
      const shown = (change: Change) => ({
        path: change.path,
        is: change.is,
        ...(diff ? { diff: unifiedDiff(change.path, change.before, change.after) } : {}),
      });
      out(
        `${JSON.stringify({ ok: !no, product, folder, dryRun: dry, files: changes.map(shown), unwatched: unwatched.alerts }, undefined, 2)}\n`,
      );
      return no ? exit.no : exit.done;
    }
    if (diff)
      for (const change of differing)
        out(painted(unifiedDiff(change.path, change.before, change.is === "let go" ? change.before : change.after), outColours));
    else {
      err(toldChanges(changes, { dry, force }, colours));
      err(
        changes.length === 0
          ? "nothing of this product runs in a cloud or asks for a file\n"
          : `${colours.green(no ? "" : "✓ ")}${summed(changes, { dry })}\n`,
      );
      err(toldUnwatched(unwatched, colours));
      if (theirs.length > 0 && !force)
        err(`  ${colours.cyan("→")} gantry synth --diff shows what differs; change the spec, or overwrite with --force\n`);
      else if (check && no) err(`  ${colours.cyan("→")} gantry synth writes them\n`);
    }
    return no ? exit.no : exit.done;

    async function worked(): Promise<Told> {
      const inputs = new Inputs();
      const wanted = await wantedFiles(given, { plain: false, onFile: (file, bytes) => inputs.add(file, bytes) });
      const { folder: at, files, manifest } = wanted;
      const made = compare(at, files, manifest);
      let left: readonly Change[] = [];
      if (!dry) {
        left = await interruptible((signal) => carryOut(at, made, { product: wanted.product, manifest, force, signal }));
        const executable = files.filter((file) => file.executable === true).map((file) => file.path);
        if (left.length === 0 && made.every((change) => isMade(change, force) || change.is === "same"))
          remember(at, spec, asked, { inputs, executable, unwatched: wanted.unwatched });
      }
      return {
        folder: at,
        product: wanted.product,
        changes: made,
        known: manifest !== undefined,
        left,
        unwatched: wanted.unwatched,
      };
    }
  },
};

function painted(diff: string, { red, green, bold, cyan }: Parameters<Command["run"]>[0]["colours"]): string {
  return diff
    .split("\n")
    .map((line) => {
      if (/^(---|\+\+\+) /.test(line)) return bold(line);
      if (line.startsWith("@@")) return cyan(line);
      return line.startsWith("-") ? red(line) : line.startsWith("+") ? green(line) : line;
    })
    .join("\n");
}
