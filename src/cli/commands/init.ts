import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { listed, shown } from "../../lib/text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { editorFiles } from "../editor-files.ts";
import { type Scaffold, clouds, databases, scaffoldFiles, scaffoldSpec } from "../scaffold.ts";
import { writeNewFiles } from "../write-files.ts";

export const init: Command = {
  name: "init",
  summary: "Writes a spec to start from, and what an editor needs to complete it. It never overwrites a file.",
  takes: "[folder]",
  options: {
    name: { type: "string", placeholder: "name", help: "the product's name; the folder's without it" },
    cloud: { type: "string", placeholder: "cloud", help: `where it will run: ${clouds.join(", ")}`, choices: clouds },
    database: {
      type: "string",
      placeholder: "kind",
      help: `what it keeps its data in: ${databases.join(", ")}`,
      choices: databases,
    },
    repository: { type: "string", placeholder: "owner/name", help: "its repository on GitHub" },
    editor: { type: "boolean", help: "only what an editor needs, for a spec that is there already" },
    yes: { type: "boolean", short: "y", help: "ask nothing" },
    "dry-run": { type: "boolean", help: "say what would be written, and write nothing" },
  },
  examples: ["gantry init", "gantry init shop --cloud aws --database postgres --yes", "gantry init --editor"],
  async run(given) {
    const { args, options, out, err, colours } = given;
    const folder = path.resolve(args[0] ?? ".");
    const onlyEditor = options["editor"] === true;
    const dryRun = options["dry-run"] === true;
    const spec = path.join(folder, "gantry.config.ts");
    if (!onlyEditor && existsSync(spec))
      throw new UserError("would-overwrite", `${path.relative(process.cwd(), spec)} is there already`, {
        hint: "gantry init --editor adds only what an editor needs; --help says more",
      });
    const files = new Map<string, string>();
    if (!onlyEditor) {
      const scaffold = await answers(given, folder);
      files.set("gantry.config.ts", scaffoldSpec(scaffold));
      for (const [name, text] of scaffoldFiles(scaffold)) files.set(name, text);
    }
    for (const [name, text] of editorFiles()) files.set(name, text);
    const { written, kept } = writeNewFiles(folder, files, { dryRun, replace: (name) => name.startsWith(".gantry/") });
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, folder, dryRun, written, kept }, undefined, 2)}\n`);
    else {
      const shownFiles = written.filter((name) => !name.startsWith(".gantry/types/"));
      for (const name of shownFiles) err(`${colours.green(dryRun ? "would write" : "wrote")} ${name}\n`);
      if (written.length > shownFiles.length)
        err(`${colours.green(dryRun ? "would write" : "wrote")} .gantry/types ${colours.dim("(for the editor; not for git)")}\n`);
      if (kept.length > 0) err(`${colours.yellow("left alone")} ${listed(kept)}\n`);
      if (kept.includes("tsconfig.json"))
        err(
          `  ${colours.cyan("→")} for completion in the editor, add to its compilerOptions: "paths": { "gantry": ["./.gantry/types/spec/index.d.ts"] }\n`,
        );
      if (!dryRun && !onlyEditor)
        err(`\n${colours.dim("next:")} gantry check${args[0] ? ` (in ${args[0]})` : ""}, then gantry up\n`);
    }
    return exit.done;
  },
};

async function answers({ options }: Given, folder: string): Promise<Scaffold> {
  const asks = options["yes"] !== true && options["json"] !== true && process.stdin.isTTY && process.stderr.isTTY;
  const suggested = path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  const fixed = {
    name: text(options["name"]),
    cloud: oneOf("cloud", options["cloud"], clouds),
    database: oneOf("database", options["database"], databases),
    repository: text(options["repository"]),
  };
  if (fixed.name !== undefined) requireName(fixed.name);
  if (fixed.repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(fixed.repository))
    throw new UserError("usage", `${shown(fixed.repository)} is no repository`, { hint: "write it as owner/name" });
  if (!asks)
    return {
      name: fixed.name ?? (suggested || "product"),
      cloud: fixed.cloud ?? "gcp",
      database: fixed.database ?? "postgres",
      repository: fixed.repository,
    };
  const prompts = await import("@clack/prompts");
  const output = process.stderr;
  const sure = <T>(answer: T): Exclude<T, symbol> => {
    if (prompts.isCancel(answer)) throw new UserError("interrupted", "nothing was written");
    return answer as Exclude<T, symbol>;
  };
  prompts.intro("A new spec", { output });
  const name =
    fixed.name ??
    sure(
      await prompts.text({
        message: "What is the product called?",
        initialValue: suggested,
        output,
        validate: (value) => (/^[a-z][a-z0-9-]{0,61}$/.test(value ?? "") ? undefined : "lower-case letters, digits and dashes"),
      }),
    );
  const cloud =
    fixed.cloud ??
    sure(
      await prompts.select({ message: "Where will it run?", options: clouds.map((value) => ({ value, label: value })), output }),
    );
  const database =
    fixed.database ??
    sure(
      await prompts.select({
        message: "What does it keep its data in?",
        options: databases.map((value) => ({ value, label: value })),
        output,
      }),
    );
  const repository =
    fixed.repository ??
    (sure(
      await prompts.text({
        message: "Its repository on GitHub, if it has one",
        placeholder: "owner/name",
        defaultValue: "",
        output,
      }),
    ) ||
      undefined);
  return { name, cloud, database, repository };
}

function text(given: unknown): string | undefined {
  return typeof given === "string" ? given : undefined;
}

function requireName(name: string): void {
  if (!/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    throw new UserError("usage", `${shown(name)} cannot be a product's name`, {
      hint: "lower-case letters, digits and dashes, starting with a letter",
    });
}

function oneOf<T extends string>(option: string, given: unknown, choices: readonly T[]): T | undefined {
  if (given === undefined) return undefined;
  const found = choices.find((choice) => choice === given);
  if (found === undefined)
    throw new UserError("usage", `--${option} cannot be ${shown(given)}`, {
      hint: didYouMean(String(given), choices) ?? `one of: ${choices.join(", ")}`,
    });
  return found;
}
