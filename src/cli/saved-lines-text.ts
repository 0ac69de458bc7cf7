import { count, printable } from "../lib/text.ts";
import type { SavedLinesView } from "../wire/signals.ts";
import type { Colours } from "./terminal.ts";

/** How many lines there are of each service, how many the spec's exclusions left out, and the share which that is of all. */
export function savedLinesText(all: readonly SavedLinesView[], colours: Colours): string {
  return all.map((one) => environmentText(one, colours)).join("\n");
}

function environmentText({ environment, since, services, ...sums }: SavedLinesView, { bold, dim }: Colours): string {
  const begun = since === undefined ? "" : dim(`  since ${since.slice(0, 10)} ${since.slice(11, 19)} UTC`);
  if (services.length === 0) return `${bold(environment)}${begun}\n  no line was written yet\n`;
  const rows = services.map((one) => ({
    what: `${printable(one.service)}  ${one.by === "gateway" ? "its requests" : "what it prints"}`,
    ...one,
  }));
  const width = Math.max(...rows.map(({ what }) => what.length), "in all".length);
  const row = (what: string, written: number, leftOut: number) =>
    `  ${what.padEnd(width)}  ${count(written, "line").padStart(12)} kept  ${String(leftOut).padStart(8)} left out  ${shareText(leftOut, written)}`;
  const expected = sums.expectedShare === undefined ? "" : dim(`  (the spec expects ${Math.round(sums.expectedShare * 100)} %)`);
  return [
    `${bold(environment)}${begun}`,
    ...rows.map(({ what, written, leftOut }) => row(what, written, leftOut)),
    `${row("in all", sums.written, sums.leftOut)}${expected}`,
    "",
  ].join("\n");
}

function shareText(leftOut: number, written: number): string {
  return `${String(Math.round((100 * leftOut) / (leftOut + written))).padStart(3)} % saved`;
}
