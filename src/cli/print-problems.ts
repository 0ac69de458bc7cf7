import { readFileSync } from "node:fs";
import type { Place, Problem } from "../lib/problem.ts";
import { placeText } from "../lib/problem.ts";
import { lineWithoutSecrets } from "../lib/secrets.ts";
import { count, printable } from "../lib/text.ts";
import type { Colours } from "./terminal.ts";

/** Problems for people: where, what, what to do, and the line itself with a mark under the place. */
export function problemsText(problems: readonly Problem[], colours: Colours, most = Infinity): string {
  const lines: string[] = [];
  const files = new Map<string, readonly string[]>();
  for (const problem of problems.slice(0, most)) lines.push(problemText(problem, colours, files), "");
  const errors = problems.filter((one) => one.severity === "error").length;
  const warnings = problems.length - errors;
  if (problems.length > most) lines.push(colours.dim(`… and ${problems.length - most} more; --all shows every one`), "");
  const parts = [
    ...(errors > 0 ? [colours.red(count(errors, "error"))] : []),
    ...(warnings > 0 ? [colours.yellow(count(warnings, "warning"))] : []),
  ];
  lines.push(parts.join(", "));
  return `${lines.join("\n")}\n`;
}

function problemText(problem: Problem, { bold, dim, red, yellow, cyan }: Colours, files: Map<string, readonly string[]>): string {
  const [place, ...also] = problem.places;
  const paint = problem.severity === "error" ? red : yellow;
  const where = [problem.path, problem.environment === undefined ? "" : `in ${problem.environment}`]
    .filter((one) => one !== "")
    .join(" ");
  return [
    `${place ? `${bold(placeText(place))} ` : ""}${paint(problem.severity)} ${dim(problem.code)}`,
    `  ${printable(problem.message)}`,
    ...(problem.hint === undefined ? [] : [`  ${cyan("→")} ${printable(problem.hint)}`]),
    ...(place ? frame(place, files).map((line) => dim(line)) : []),
    ...also.map((other) => dim(`  see also ${printable(placeText(other))}`)),
    ...(where === "" ? [] : [dim(`  at ${printable(where)}`)]),
  ].join("\n");
}

/** A longer line was written by a program: a part of it tells a person nothing. */
const longest = 2_000;

function frame(place: Place, files: Map<string, readonly string[]>): string[] {
  let lines = files.get(place.file);
  if (!lines) {
    try {
      lines = readFileSync(place.file, "utf8").split("\n");
    } catch {
      lines = [];
    }
    files.set(place.file, lines);
  }
  const line = lines[place.line - 1];
  if (line === undefined || line.length > longest || line.trim() === "" || place.column > line.length + 1) return [];
  const start = Math.max(0, place.column - 80);
  const shown = printable(
    lineWithoutSecrets(line, /\.(?:json|ya?ml)$/.test(place.file))
      .slice(start, start + 110)
      .replaceAll("\t", " ")
      .trimEnd(),
  );
  const number = String(place.line);
  return [`  ${number} │ ${shown}`, `  ${" ".repeat(number.length)} │ ${" ".repeat(place.column - 1 - start)}^`];
}
