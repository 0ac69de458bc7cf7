import type { GantryError } from "../../lib/errors.ts";
import { escapeOf, replaceControls } from "../../lib/text.ts";
import type { Finding } from "../../migrations/finding.ts";

const levels = { error: "error", warning: "warning", advice: "notice" } as const;

/** Workflow commands, by which GitHub shows each finding at its line. */
export function githubText(findings: readonly Finding[]): string {
  return findings
    .map(({ severity, file, from, to, rule, says, why, safe }) => {
      const steps = (safe?.steps ?? []).map(({ title, sql }, nth) => `${nth + 1}. ${title}\n${sql}`);
      const where = {
        file,
        line: from.line,
        endLine: to.line,
        col: from.column,
        ...(from.line === to.line ? { endColumn: to.column } : {}),
        title: rule,
      };
      return command(levels[severity], where, [says, why, ...steps].join("\n"));
    })
    .join("");
}

export function failureAnnotation({ message, hint, places, code }: GantryError): string {
  const place = places[0];
  const where = place === undefined ? {} : { file: place.file, line: place.line, col: place.column };
  return command("error", { ...where, title: code }, [message, ...(hint === undefined ? [] : [hint])].join("\n"));
}

function command(level: string, properties: Readonly<Record<string, string | number>>, message: string): string {
  const pairs = Object.entries(properties).map(
    ([name, value]) => `${name}=${escaped(String(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`,
  );
  return `::${level} ${pairs.join(",")}::${escaped(message)}\n`;
}

/** As GitHub reads it back; what would steer the terminal of a log is shown instead. */
function escaped(text: string): string {
  return replaceControls(text.replaceAll("%", "%25"), (character) => kept.get(character) ?? escapeOf(character));
}

const kept = new Map([
  ["\n", "%0A"],
  ["\r", "%0D"],
  ["\t", "\t"],
]);
