import { mkdirSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text as readAll } from "node:stream/consumers";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { count, printable } from "../../lib/text.ts";
import { postgresVersions } from "../../migrations/rules/rule.ts";
import type { FixedFile } from "../../migrations/lint/fixed-file.ts";
import type { LintedFile } from "../../migrations/lint/lint.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { failureText } from "../failure.ts";
import { migrationsOf } from "./folders.ts";
import { failureAnnotation, githubText } from "./lint-github.ts";
import { sarifDocument } from "./lint-sarif.ts";
import { findingsText, ruleText, rulesText } from "./lint-text.ts";
import { folderOptions, judgedOptions, versionOf } from "./options.ts";
import type { Migrations } from "./migrations.ts";
import { shippedIn } from "./shipped.ts";
import { unreadDocument } from "./unread.ts";

const formats = ["text", "json", "github", "sarif"] as const;

export const lint: Subcommand = {
  name: "lint",
  takes: "[path…]",
  summary: "Says what each statement of migrations would lock, rewrite or lose, and writes out the safe way.",
  options: {
    ...folderOptions,
    ...judgedOptions,
    format: { type: "string", placeholder: "name", help: "text, json, github (annotations) or sarif", choices: formats },
    strict: { type: "boolean", help: "exit 1 also for warnings" },
    only: { type: "string", placeholder: "rules", help: "lint: ask only these rules or families, with commas between them" },
    off: { type: "string", placeholder: "rules", help: "do not ask these" },
    severity: { type: "string", placeholder: "rule=level", help: "error, warning, advice or off for a rule or a family" },
    fix: { type: "boolean", help: "write the safe way as files into a folder beside each migration; changes none that is there" },
    "dry-run": { type: "boolean", help: "with --fix: only say what would be written" },
    rules: { type: "boolean", help: "list the rules" },
    explain: { type: "string", placeholder: "rule", help: "say what a rule finds, and why" },
  },
  examples: [
    "gantry migrate lint",
    "gantry migrate lint migrations/*.sql --postgres 16 --format github",
    "gantry migrate lint --base origin/main --strict",
  ],
  run,
};

async function run(given: Given): Promise<number> {
  const { options, out } = given;
  const format = formatOf(given);
  if (options["rules"] === true || options["explain"] !== undefined) return told(given);
  const [{ lintMigrations }, { fixedFiles }] = await Promise.all([
    import("../../migrations/lint/lint.ts"),
    import("../../migrations/lint/fix.ts"),
  ]);
  const { choiceOf } = await import("../../migrations/lint/choice.ts");
  const choice = choiceOf({ ...textOption(given, "only"), ...textOption(given, "off"), ...textOption(given, "severity") });
  const linted: LintedFile[] = [];
  const fixed: FixedFile[] = [];
  const unread: UserError[] = [];
  try {
    for (const { migrations, version: said, isAsked, problems, notes, wholeOf } of await groupsOf(given)) {
      const version = versionOf(given) ?? postgresVersions.find((one) => one === Math.max(15, said ?? 18)) ?? 18;
      const isShipped = shippedIn(migrations, options, process.cwd());
      unread.push(...problems);
      if (format === "text")
        for (const one of notes) given.err(`${given.colours.yellow("!")} ${printable(one.file)}: ${one.says}\n`);
      const judged = await lintMigrations(migrations, {
        version,
        fileText: wholeOf,
        choice,
        ...(isAsked ? { isAsked } : {}),
        ...(isShipped ? { isShipped, together: true } : {}),
      });
      linted.push(...judged);
      if (options["fix"] !== true) continue;
      for (const one of judged) fixed.push(...(await fixedFiles(one, { migrations, version, choice })));
    }
  } catch (error) {
    if (format === "github" && error instanceof UserError) out(failureAnnotation(error));
    throw error;
  }
  // What has been shipped is only remembered: that a statement of it cannot be read is nobody's mistake of today.
  unread.push(...linted.flatMap(({ problem, isSilent }) => (problem === undefined || isSilent ? [] : [problem])));
  const findings = linted.flatMap((one) => one.findings);
  if (options["fix"] === true) writeFixed(given, fixed, format === "text");
  const worst = findings.some(({ severity }) => severity === "error" || (options["strict"] === true && severity === "warning"));
  if (format === "json")
    out(
      `${JSON.stringify({ ok: !worst && unread.length === 0, files: filesIn(linted), findings, unread: unread.map(unreadDocument) }, undefined, 2)}\n`,
    );
  else if (format === "sarif") out(`${JSON.stringify(await sarifDocument(findings, unread), undefined, 2)}\n`);
  else if (format === "github") out(githubText(findings) + unread.map(failureAnnotation).join(""));
  else if (filesIn(linted) > 0 || unread.length === 0) out(findingsText(linted, given.outColours));
  if (format !== "json") for (const one of unread) given.err(failureText(one, one, given.colours, 50));
  if (unread.length > 0) return exit.wrongInput;
  return worst ? exit.no : exit.done;
}

function filesIn(linted: readonly LintedFile[]): number {
  return new Set(linted.flatMap(({ migration, problem }) => (problem === undefined ? [migration] : []))).size;
}

function textOption<Name extends string>({ options }: Given, name: Name): Partial<Record<Name, string>> {
  const value = options[name];
  return typeof value === "string" ? ({ [name]: value } as Record<Name, string>) : {};
}

function formatOf({ options }: Given): (typeof formats)[number] {
  if (options["json"] === true) return "json";
  const given = options["format"] ?? "text";
  const format = formats.find((one) => one === given);
  if (format === undefined)
    throw new UserError("usage", `there is no format ${JSON.stringify(printable(String(given)))}`, {
      hint: `one of: ${formats.join(", ")}`,
    });
  return format;
}

async function told({ options, out, outColours }: Given): Promise<number> {
  const { ownRules, rules } = await import("../../migrations/rules/all.ts");
  const all = [...rules, ...ownRules].map(({ id, family, severity, title, why }) => ({ id, family, severity, title, why }));
  const named = options["explain"];
  const wanted = named === undefined ? all : all.filter((one) => one.id === named);
  if (wanted.length === 0)
    throw new UserError("usage", `there is no rule ${JSON.stringify(printable(String(named)))}`, {
      hint:
        didYouMean(
          String(named),
          all.map((one) => one.id),
        ) ?? "gantry migrate lint --rules lists them",
    });
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, rules: wanted }, undefined, 2)}\n`);
  else out(named === undefined ? rulesText(all, outColours) : wanted.map((one) => ruleText(one, outColours)).join("\n"));
  return exit.done;
}

/** What is named on the command line, `-` for what comes in; else each database's folder of the spec. */
async function groupsOf(given: Given): Promise<readonly Migrations[]> {
  if (!given.args.includes("-")) return migrationsOf(given);
  const { migrationsOf: migrationsIn } = await import("../../migrations/files/by-itself.ts");
  const text = (await readAll(process.stdin)).replace(/^\uFEFF/, "");
  return [{ folder: "-", migrations: migrationsIn("stdin.sql", text), problems: [], notes: [], wholeOf: () => text }];
}

function writeFixed({ options, out }: Given, all: readonly FixedFile[], aloud: boolean): void {
  // What was written before, and nobody has changed since, is as it should be.
  const files = all.filter((one) => !existsSync(one.path) || readFileSync(one.path, "utf8") !== one.text);
  const there = files.find((one) => existsSync(one.path));
  if (there !== undefined && options["dry-run"] !== true)
    throw new UserError("would-overwrite", `${printable(there.path)} is there already`, {
      hint: "move it away, or take what it says",
    });
  for (const { path: file, text } of files) {
    if (options["dry-run"] !== true) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: "wx" });
    }
    if (aloud) out(`${options["dry-run"] === true ? "would write" : "wrote"} ${printable(file)}\n`);
  }
  if (aloud && files.length > 0)
    out(`${count(files.length, "file")}: look at each one, and number it as the next of your migrations\n\n`);
}
