import { inComment } from "../text/shell.ts";
import { type Shell, paragraphs, sh, shell } from "./sh.ts";
import { confirming, speakingPlainly } from "./speaking.ts";

type Option = {
  readonly flag: string;
  readonly value?: string;
  readonly sets: string;
  readonly what: string;
  readonly from?: string;
};

/**
 * A script on its own: what it is for at its top, its options as a table that both the help and the reading of them follow.
 * Every one of them asks before it acts.
 */
export function standalone(
  name: string,
  about: readonly string[],
  options: readonly Option[],
  body: readonly (Shell | undefined)[],
): string {
  const all: readonly Option[] = [
    ...options,
    { flag: "--yes", sets: "assume_yes", what: "do not ask before acting" },
    { flag: "--dry-run", sets: "dry_run", what: "look, say what would be done, and do nothing" },
  ];
  const shown = ({ flag, value }: Option) => (value === undefined ? flag : `${flag}=${value}`);
  const width = Math.max(...all.map((one) => shown(one).length), "--help".length) + 2;
  const comment = shell(about.map((line) => `# ${inComment(line)}`).join("\n"));
  return `${
    paragraphs(
      sh`
#!/usr/bin/env bash
${comment}
set -euo pipefail
`,
      speakingPlainly,
      confirming,
      sh`
${shell(all.map(({ sets, value, from }) => `${sets}=${value === undefined ? "0" : (from ?? '""')}`).join("\n"))}
usage() {
  cat <<'TEXT'
usage: ${shell(inComment(name))} [options]

${shell([...all, { flag: "--help", what: "this text" }].map((one) => `  ${shown(one as Option).padEnd(width)}${inComment(one.what)}`).join("\n"))}
TEXT
}
while (($#)); do
  case $1 in
${shell(all.map(({ flag, value, sets }) => (value === undefined ? `    ${flag}) ${sets}=1 ;;` : `    ${flag}=*) ${sets}=\${1#*=} ;;`)).join("\n"))}
    --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument: $1 (--help says which there are)" 2 ;;
  esac
  shift
done
`,
      ...body,
    ).shell
  }\n`;
}

/** The tool that a script calls. */
export function needing(tool: string): Shell {
  return sh`
command -v ${tool} >/dev/null || fail "${shell(tool)} is not installed" 2
`;
}

/** Words of an array, one a line. */
export function words(values: readonly string[]): Shell {
  return shell(values.map((one) => `  ${sh`${one}`.shell}`).join("\n"));
}
