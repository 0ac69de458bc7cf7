import { count, listed, printable } from "../../lib/text.ts";
import type { Advice } from "../../rehearse/campaign/advice.ts";
import type { Case } from "../../rehearse/campaign/case.ts";
import { type Report, labelOf } from "../../rehearse/page/page.ts";
import { mainService } from "../../rehearse/plan/main-service.ts";
import type { Scheduled } from "../../rehearse/run/calendar.ts";
import type { Moment, Outcome } from "../../rehearse/run/outcome.ts";
import type { Stage } from "../../rehearse/run/stage.ts";
import { chanceText, numberText, shareText, timeText } from "../../rehearse/words/estimates.ts";
import { summaryRows } from "../../rehearse/words/summary.ts";
import { outcomeText, timelineOf } from "../../rehearse/words/timeline.ts";
import { difference } from "../../rehearse/statistics/intervals.ts";
import type { Colours } from "../terminal.ts";

type Head = Pick<Case, "environment" | "faults" | "traffic"> & { readonly seed: number };
type Once = {
  readonly stage: Stage;
  readonly head: Head;
  readonly moments: readonly Moment[];
  readonly scheduled: readonly Scheduled[];
  readonly outcome: Outcome;
};

export function onceText({ stage, head, moments, scheduled, outcome }: Once, colours: Colours): string {
  const { bold, dim, red, green } = colours;
  const lines = timelineOf(moments, stage.setting.startMs, scheduled);
  const width = Math.max(...lines.map(({ share }) => share.length), 4);
  const rows = lines.map(
    ({ at, share, text, seen }) => `  ${dim(at)}  ${bold(share.padStart(width))}  ${text}${seen === "" ? "" : dim(`  ${seen}`)}`,
  );
  const mark = outcome.ended === "healthy" ? green("✓") : red("✗");
  return `${headText(stage, head, colours)}\n${rows.join("\n")}\n\n${mark} ${outcomeText(outcome)}\n${assumedText(stage.script.assumed, colours)}`;
}

export function manyText(
  { stage, of, seed }: { readonly stage: Stage; readonly of: Case; readonly seed: number },
  colours: Colours,
): string {
  const rows = summaryRows(of.summary, of.faults.length > 0);
  const width = Math.max(...rows.map(([what]) => what.length));
  const table = rows.map(([what, value]) => `  ${what.padEnd(width)}  ${colours.bold(value)}`).join("\n");
  return `${headText(stage, { ...of, seed }, colours)}\n${table}\n\n${runsText(of.summary.runs, colours)}${assumedText(stage.script.assumed, colours)}`;
}

/** A table for each environment: a row for each fault, a column for each traffic. */
export function tableText({ product, cases, seed, assumed }: Report, colours: Colours): string {
  const { bold, dim } = colours;
  const unique = (key: (one: Case) => string) => [...new Set(cases.map(key))];
  const traffics = unique(({ traffic }) => traffic);
  const blocks = unique(placeOf).map((place) => {
    const here = cases.filter((one) => placeOf(one) === place);
    const head = ["", ...traffics];
    const rows = [...new Set(here.map(faultOf))].map((fault) => [
      fault,
      ...traffics.map((traffic) => {
        const found = here.find((one) => faultOf(one) === fault && one.traffic === traffic);
        return found === undefined ? "–" : cellText(found);
      }),
    ]);
    const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => (row[at] ?? "").length)));
    const line = (row: readonly string[]) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("   ")}`.trimEnd();
    return `${bold(`${product} ${place}`)}: taken back, and the median time until then\n${dim(line(head))}\n${rows.map(line).join("\n")}\n`;
  });
  return `${blocks.join("\n")}\n${runsText(cases[0]?.summary.runs ?? 0, colours, `, seed ${seed}`)}${assumedText(assumed, colours)}`;
}

/** Policies under the same circumstances, and by how much the second is other. */
export function comparedText({ product, cases, seed, assumed }: Report, colours: Colours): string {
  const { bold } = colours;
  const lines = cases.map((one) => `  ${labelOf(one, cases).padEnd(30)}  ${bold(cellText(one))}`);
  const [here, there] = cases;
  const more =
    here === undefined || there === undefined || here.environment !== there.environment ? [] : [differenceText(here, there)];
  return `${bold(product)}: taken back, and the median time until then\n${[...lines, ...more].join("\n")}\n\n${runsText(cases[0]?.summary.runs ?? 0, colours, `, seed ${seed}`)}${assumedText(assumed, colours)}`;
}

function differenceText({ summary: here }: Case, { summary: there }: Case): string {
  const by = difference({ times: here.takenBackTimes, of: here.runs }, { times: there.takenBackTimes, of: there.runs });
  const signed = (share: number) => `${share > 0 ? "+" : ""}${shareText(share)}`;
  const tells = by.from > 0 || by.to < 0 ? "" : ": no difference that these runs could tell";
  return `  ${"there against here".padEnd(30)}  ${signed(by.value)} (${signed(by.from)} to ${signed(by.to)}) taken back${tells}`;
}

export function adviceText(
  advice: readonly Advice[],
  { asked }: { readonly asked: boolean },
  { bold, dim, yellow }: Colours,
): string {
  if (!asked) return "";
  if (advice.length === 0) return dim("  no other policy that was tried does better\n");
  return advice
    .map(
      ({ says, found, mistakes }) =>
        `${yellow("→")} ${bold(says)}\n  found ${chanceText(found.before)} → ${chanceText(found.after)}; taken back by mistake ${chanceText(mistakes.before)} → ${chanceText(mistakes.after)}\n`,
    )
    .join("");
}

function cellText({ summary }: Case): string {
  const { takenBack, detectedAfterMs } = summary;
  return `${chanceText(takenBack)}${detectedAfterMs === undefined ? "" : `, ${timeText({ ...detectedAfterMs.median, from: detectedAfterMs.median.value, to: detectedAfterMs.median.value })}`}`;
}

function faultOf({ faults }: Case): string {
  return faults.length === 0 ? "a good release" : faults.join(" and ");
}

function placeOf({ environment, policy }: Case): string {
  return policy === undefined ? environment : `${environment} (${policy})`;
}

function headText(stage: Stage, { environment, faults, traffic, seed }: Head, { bold, dim }: Colours): string {
  const { changes, plan, environment: of } = stage.script;
  const about = faults.length === 0 ? "a good release" : `${listed(faults.map(printable))} in ${mainService(stage.script)}`;
  const services = changes.map(({ service }) => service);
  return `${bold(`${of.product} ${environment}`)}: ${about}, at ${printable(traffic)}\n${dim(`  ${count(services.length, "service")} (${listed(services)}), ${plan.strategy}, seed ${seed}`)}\n`;
}

function runsText(runs: number, { dim }: Colours, more = ""): string {
  return dim(`  ${numberText(runs)} runs${more}; in brackets where the truth lies with 95 % confidence\n`);
}

/** What nothing here could tell is said, and not left to be guessed. */
function assumedText(assumed: readonly string[], { dim }: Colours): string {
  return assumed.length === 0 ? "" : dim(`  taken to be so: ${assumed.map(printable).join("; ")}\n`);
}
