import { type Run, run } from "./model.ts";
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

/** Functions that several steps of a job share stand once, in a file of the job's own. */
export function functionsFile(scripts: readonly string[]): Run {
  return run("What several steps share", [`cat > functions.sh << 'END'`, ...scripts, "END"].join("\n"));
}

export const functions = "# shellcheck source=/dev/null\n. ./functions.sh";
