import { printable } from "../lib/text.ts";
import type { Colours } from "./terminal.ts";

/** Plain data as an indented tree: short things on a line, references as arrows. */
export function treeText(value: unknown, colours: Colours, title: string): string {
  const lines: string[] = [];
  if (isBranch(value)) {
    lines.push(colours.bold(title));
    branch(value, "", lines, colours);
  } else lines.push(`${colours.bold(title)}: ${leaf(value, colours)}`);
  return `${lines.join("\n")}\n`;
}

function branch(value: object, indent: string, lines: string[], colours: Colours): void {
  const entries = Array.isArray(value) ? value.map((one, index) => [String(index), one] as const) : Object.entries(value);
  for (const [index, [key, below]] of entries.entries()) {
    const last = index === entries.length - 1;
    const name = Array.isArray(value) ? colours.dim(key) : printable(key);
    const lead = `${indent}${colours.dim(last ? "└ " : "├ ")}${name}`;
    if (isBranch(below)) {
      lines.push(lead);
      branch(below, `${indent}${colours.dim(last ? "  " : "│ ")}`, lines, colours);
    } else lines.push(`${lead}${colours.dim(":")} ${leaf(below, colours)}`);
  }
}

/** What does not fit a line of its own is a branch. */
function isBranch(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (isReference(value)) return false;
  const parts = Object.values(value);
  if (parts.length === 0) return false;
  const flat = parts.every(
    (one) => typeof one !== "object" || one === null || (isReference(one) && Object.keys(one).length === 1),
  );
  return !flat || !Array.isArray(value) || JSON.stringify(value).length > 90;
}

function leaf(value: unknown, colours: Colours): string {
  if (Array.isArray(value))
    return value.length === 0 ? colours.dim("none") : value.map((one) => leaf(one, colours)).join(colours.dim(", "));
  if (typeof value === "object" && value !== null) {
    if (!isReference(value)) return colours.dim("none");
    const { ref, ...rest } = value as { ref: string };
    const [, name = ref] = /^[a-z]+\.(.*)$/s.exec(ref) ?? [];
    const more = Object.entries(rest).map(([key, one]) =>
      key === "attribute" || key === "access" || key === "step" ? `.${String(one)}` : ` ${key}: ${leaf(one, colours)}`,
    );
    return colours.cyan(`→ ${printable(name)}${more.join("")}`);
  }
  if (typeof value === "string") return colours.green(printable(value));
  return colours.yellow(String(value));
}

function isReference(value: object): boolean {
  return "ref" in value && typeof value.ref === "string";
}
