import { spanText } from "../delivery/words/span.ts";
import { printable } from "../lib/text.ts";
import type { EnvironmentSummary, Progress } from "../wire/up.ts";
import type { Given } from "./command.ts";
import type { Colours } from "./terminal.ts";

export type Told = {
  readonly summaries: readonly EnvironmentSummary[];
  readonly notes: readonly string[];
  readonly down: readonly string[];
};

/** Shows what happens while it happens, on standard error, and gives back what it came to. */
export async function showProgress(lines: AsyncIterable<Progress>, { err, colours, options }: Given): Promise<Told> {
  const summaries: EnvironmentSummary[] = [];
  const notes: string[] = [];
  const down: string[] = [];
  const quiet = options["json"] === true;
  const waiting = new Map<string, NodeJS.Timeout>();
  const say = (text: string) => {
    if (!quiet) err(text);
  };
  try {
    for await (const line of lines) {
      const subject = "subject" in line ? `${line.environment} ${line.subject}`.trim() : "";
      clearTimeout(waiting.get(subject));
      switch (line.kind) {
        case "begun":
          // Only what takes long enough to make one wonder is told before it is done.
          waiting.set(
            subject,
            setTimeout(() => say(colours.dim(`  … ${printable(subject)} ${printable(line.doing)}\n`)), 1_000),
          );
          break;
        case "step":
          say(
            `  ${colours.green("✓")} ${printable(subject)}: ${printable(line.did)}${line.ms > 0 ? colours.dim(` ${duration(line.ms)}`) : ""}\n`,
          );
          break;
        case "note":
          notes.push(`${line.environment}: ${line.text}`);
          say(`  ${colours.yellow("!")} ${printable(line.environment)} ${printable(line.text)}\n`);
          break;
        case "up":
          summaries.push(line.summary);
          break;
        case "down":
          down.push(line.environment);
          break;
      }
    }
  } finally {
    for (const timer of waiting.values()) clearTimeout(timer);
  }
  return { summaries, notes, down };
}

/** What is up now, and where to look. */
export function summaryText(summary: EnvironmentSummary, { bold, dim, cyan, green, yellow }: Colours): string {
  const { environment, unchanged, ms, speed, signals, url, services, expiresAt, starting } = summary;
  const at = speed === 1 ? "" : `, at ${speed} times the speed`;
  const width = Math.max(...services.map((one) => one.service.length), 0);
  const rows = services.map((one) => {
    const where =
      one.url === undefined
        ? dim(one.next === undefined ? one.kind : `next at ${one.next.slice(0, 16).replace("T", " ")} UTC`)
        : `${cyan(one.url)} ${dim(`127.0.0.1:${one.port}`)}`;
    return `  ${one.service.padEnd(width)}  ${where}`;
  });
  return [
    `${green("✓")} ${bold(environment)} ${unchanged ? "was up already" : "is up"}${at} ${dim(duration(ms))}`,
    ...(signals === undefined ? [] : [`  ${yellow("!")} ${signalsText(signals)}`]),
    ...(url === undefined ? [] : [`  ${bold(cyan(url))}`]),
    ...rows,
    ...(starting === true ? [dim("  its services start: requests wait until they are ready (gantry status tells)")] : []),
    ...(expiresAt === undefined ? [] : [dim(`  until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`)]),
    "",
  ].join("\n");
}

function signalsText({ asked, effective, because }: NonNullable<EnvironmentSummary["signals"]>): string {
  const { rule, metric, windowMs, everyMs, samples } = because;
  return (
    `signals are at ${effective} times the speed and not at ${asked}: ${printable(rule)} looks at ${span(windowMs)} of ${printable(metric)}, ` +
    `which is sampled every ${span(everyMs)}, and has to see ${samples} samples`
  );
}

function span(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}

export function duration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 59_950 ? `${(ms / 1_000).toFixed(1)} s` : spanText(Math.round(ms / 1_000) * 1_000);
}
