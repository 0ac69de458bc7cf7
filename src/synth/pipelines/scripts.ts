import { word } from "../text/shell.ts";

/** The same for each name; for one alone there is no loop. */
export function forEach(variable: string, names: readonly string[], body: string): string {
  const [first] = names;
  if (names.length === 1 && first !== undefined) return `${variable}=${word(first)}\n${body}`;
  return `for ${variable} in ${names.map(word).join(" ")}; do\n${indented(body)}\ndone`;
}

export function indented(script: string): string {
  return script
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}
