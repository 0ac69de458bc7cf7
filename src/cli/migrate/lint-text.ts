import { placeText } from "../../lib/problem.ts";
import { count, printable } from "../../lib/text.ts";
import type { Finding, FindingSeverity, Lock, LockMode } from "../../migrations/finding.ts";
import type { LintedFile } from "../../migrations/lint/lint.ts";
import type { Rule } from "../../migrations/rules/rule.ts";
import type { Colours } from "../terminal.ts";

/** Findings for people: where, what, the line itself, what is locked for how long, and the safe way. */
export function findingsText(linted: readonly LintedFile[], colours: Colours): string {
  const all = linted.flatMap(({ whole, findings }) => findings.map((one) => findingText(one, whole, colours)));
  const severities = linted.flatMap(({ findings }) => findings.map((one) => one.severity));
  const number = (severity: FindingSeverity) => severities.filter((one) => one === severity).length;
  const parts = [
    ...(number("error") > 0 ? [colours.red(count(number("error"), "error"))] : []),
    ...(number("warning") > 0 ? [colours.yellow(count(number("warning"), "warning"))] : []),
    ...(number("advice") > 0 ? [`${number("advice")} advice`] : []),
  ];
  const files = count(linted.length, "migration");
  return `${all.join("")}${parts.length === 0 ? `${colours.green("✓")} ${files}: nothing dangerous found` : `${parts.join(", ")} in ${files}`}\n`;
}

function findingText(one: Finding, sql: string, { bold, dim, red, yellow, cyan }: Colours): string {
  const paint = one.severity === "error" ? red : one.severity === "warning" ? yellow : cyan;
  const steps = (one.safe?.steps ?? []).flatMap(({ title, sql: text, inTransaction, release }, nth) => [
    `  ${cyan(`${nth + 1}.`)} ${title}${inTransaction ? "" : dim(" (no transaction)")}${release === "next" ? dim(" (next release)") : ""}`,
    ...text.split("\n").map((line) => `       ${printable(line)}`),
  ]);
  return [
    `${bold(printable(placeText({ file: one.file, ...one.from })))} ${paint(one.severity)} ${dim(one.rule)}`,
    `  ${printable(one.says)}`,
    ...excerpt(one, sql).map((line) => dim(line)),
    ...one.locks.map((lock) => `  ${lockText(lock)}`),
    `  ${dim(one.why)}`,
    ...(steps.length > 0 ? [`  ${cyan("→")} the safe way:`, ...steps] : []),
    "",
    "",
  ].join("\n");
}

const blocks: Readonly<Record<LockMode, string>> = {
  "ACCESS SHARE": "stops only what removes or changes it",
  "ROW SHARE": "stops only what locks it as a whole",
  "ROW EXCLUSIVE": "stops only what locks it as a whole",
  "SHARE UPDATE EXCLUSIVE": "reads and writes go on; other changes of the schema wait",
  SHARE: "writes wait, reads go on",
  "SHARE ROW EXCLUSIVE": "writes wait, reads go on",
  EXCLUSIVE: "writes wait, reads go on",
  "ACCESS EXCLUSIVE": "reads and writes wait",
};

const lengths: Readonly<Record<Lock["lasts"], string>> = {
  instant: "until its transaction ends",
  scan: "while every row is read, and until its transaction ends",
  rewrite: "while the table is written anew, and until its transaction ends",
  build: "while the index is built, and until its transaction ends",
  unknown: "for an unknown time",
};

export function lockText({ relation, mode, lasts }: Lock): string {
  return `locks ${printable(relation)} (${mode}): ${blocks[mode]} ${lengths[lasts]}`;
}

/** The line of the place with a mark below. */
function excerpt({ from, to }: Finding, sql: string): readonly string[] {
  const start = from.offset - from.column + 1;
  const newline = sql.indexOf("\n", start);
  const line = sql.slice(start, newline === -1 ? sql.length : newline);
  const cut = Math.max(0, from.column - 80);
  const text = printable(
    line
      .slice(cut, cut + 120)
      .replaceAll("\t", " ")
      .trimEnd(),
  );
  const width = Math.max(1, Math.min(to.offset - from.offset, cut + 120 - from.column, line.trimEnd().length - from.column + 1));
  return [
    `  ${from.line} | ${text}`,
    `  ${" ".repeat(String(from.line).length)} | ${" ".repeat(from.column - 1 - cut)}${"^".repeat(width)}`,
  ];
}

type About = Pick<Rule, "id" | "family" | "severity" | "title" | "why">;

export function rulesText(rules: readonly About[], { bold, dim }: Colours): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, severity, title }) => `${bold(id.padEnd(width))}  ${dim(severity.padEnd(7))}  ${title}\n`).join("");
}

export function ruleText({ id, severity, title, why }: About, { bold, dim }: Colours): string {
  return `${bold(id)} ${dim(severity)}\n  ${title}\n\n  ${why}\n`;
}
