import { printable } from "../lib/text.ts";
import type { TelemetryView } from "../wire/signals.ts";
import type { Colours } from "./terminal.ts";

export type EnvironmentTelemetry = TelemetryView & { readonly environment: string };

/** What could not be measured, and what nothing here tells; nothing where there is nothing to say. */
export function telemetryText(all: readonly EnvironmentTelemetry[], { bold, dim, yellow }: Colours): string {
  const parts = all.flatMap(({ environment, problems, notWatched }) => {
    const width = Math.max(0, ...notWatched.map(({ name }) => name.length));
    const lines = [
      ...problems.map((one) => `  ${yellow(printable(one))}`),
      ...notWatched.map(({ name, reason }) => `  ${name.padEnd(width)}  ${dim(printable(reason))}`),
    ];
    return lines.length === 0 ? [] : [[`${bold(environment)}: not measured or not watched here`, ...lines].join("\n")];
  });
  return parts.length === 0 ? "" : `\n${parts.join("\n\n")}\n`;
}
