import { count, listed, printable } from "../../lib/text.ts";
import { mainService } from "../../rehearse/plan/main-service.ts";
import type { Summary } from "../../rehearse/campaign/tally.ts";
import type { Stage } from "../../rehearse/run/rehearse-once.ts";
import type { Moment, Outcome } from "../../rehearse/run/outcome.ts";
import { numberText } from "../../rehearse/words/estimates.ts";
import { summaryRows } from "../../rehearse/words/summary.ts";
import { outcomeText, timelineOf } from "../../rehearse/words/timeline.ts";
import type { Colours } from "../terminal.ts";
import type { Head } from "./rehearse-command.ts";

type Once = { readonly stage: Stage; readonly head: Head; readonly moments: readonly Moment[]; readonly outcome: Outcome };

export function onceText({ stage, head, moments, outcome }: Once, colours: Colours): string {
  const { bold, dim, red, green } = colours;
  const lines = timelineOf(moments, stage.setting.startMs);
  const width = Math.max(...lines.map(({ share }) => share.length), 4);
  const rows = lines.map(
    ({ at, share, text, seen }) => `  ${dim(at)}  ${bold(share.padStart(width))}  ${text}${seen === "" ? "" : dim(`  ${seen}`)}`,
  );
  const mark = outcome.ended === "healthy" ? green("✓") : red("✗");
  return `${headText({ stage, head }, colours)}\n${rows.join("\n")}\n\n${mark} ${outcomeText(outcome)}\n${assumedText(stage, colours)}`;
}

export function manyText(
  { stage, head, summary }: { readonly stage: Stage; readonly head: Head; readonly summary: Summary },
  colours: Colours,
): string {
  const { dim, bold } = colours;
  const rows = summaryRows(summary, head.faults.length > 0);
  const width = Math.max(...rows.map(([what]) => what.length));
  const table = rows.map(([what, value]) => `  ${what.padEnd(width)}  ${bold(value)}`).join("\n");
  const of = `${numberText(summary.runs)} runs; in brackets where the truth lies with 95 % confidence`;
  return `${headText({ stage, head }, colours)}\n${table}\n\n${dim(`  ${of}`)}\n${assumedText(stage, colours)}`;
}

function headText({ stage, head }: { readonly stage: Stage; readonly head: Head }, { bold, dim }: Colours): string {
  const { product, environment, faults, traffic, seed } = head;
  const about = faults.length === 0 ? "a good release" : `${listed(faults.map(printable))} in ${mainService(stage.script)}`;
  const services = stage.script.changes.map(({ service }) => service);
  return `${bold(`${product} ${environment}`)}: ${about}, at ${printable(traffic)}\n${dim(`  ${count(services.length, "service")} (${listed(services)}), ${stage.script.plan.strategy}, seed ${seed}`)}\n`;
}

/** What nothing here could tell is said, and not left to be guessed. */
function assumedText({ script }: Stage, { dim }: Colours): string {
  return script.assumed.length === 0 ? "" : dim(`  taken to be so: ${script.assumed.join("; ")}\n`);
}
