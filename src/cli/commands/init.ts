import { existsSync, statSync } from "node:fs";
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
    const folder = folderFor(args[0] ?? ".");
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
  const { slug } = await import("../../spec/schema/words.ts");
  const isName = (given: string) => slug.safeParse(given).success;
  const suggested = nameOf(folder);
  const fixed = {
    name: text(options["name"]),
    cloud: oneOf("cloud", options["cloud"], clouds),
    database: oneOf("database", options["database"], databases),
    repository: text(options["repository"]),
  };
  if (fixed.name !== undefined && !isName(fixed.name))
    throw new UserError("usage", `${shown(fixed.name)} cannot be a product's name`, { hint: aName });
  if (fixed.repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(fixed.repository))
    throw new UserError("usage", `${shown(fixed.repository)} is no repository`, { hint: "write it as owner/name" });
  if (!asks)
    return {
      name: fixed.name ?? suggested,
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
        validate: (value) => (isName(value ?? "") ? undefined : aName),
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

const aName = "lower-case letters, digits and dashes, at most 63, from a letter on and not with a dash at its end";

/** What a product in this folder may be called: the folder's name, as far as it can be one. */
function nameOf(folder: string): string {
  const name = path
    .basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  return name === "" ? "product" : name;
}

/** Where the spec goes. What is no folder is refused before anybody is asked anything. */
function folderFor(given: string): string {
  if (given === "") throw new UserError("usage", "the folder's name is empty", { hint: "leave it out for this folder" });
  const folder = path.resolve(given);
  if (folder.includes("\ufffd") && !existsSync(folder))
    throw new UserError("bad-place", `${folder} has no name in UTF-8`, { hint: "choose another place" });
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new UserError("bad-place", `${folder} is no folder`, { hint: "choose another place" });
  return folder;
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
