import type { Advice } from "../campaign/advice.ts";
import type { Case } from "../campaign/case.ts";
import { chanceText, countText, timeText } from "../words/estimates.ts";
import { summaryRows } from "../words/summary.ts";
import { chartOf } from "./chart.ts";
import { escaped } from "./escape.ts";
import { style } from "./style.ts";

export type Report = {
  readonly product: string;
  readonly seed: number;
  readonly runs: number;
  /** What was typed. */
  readonly command: string;
  readonly cases: readonly Case[];
  readonly advice: readonly Advice[];
  readonly assumed: readonly string[];
};

/** One page that stands alone: no script, nothing loaded, light and dark as the reader has it. */
export function pageOf(report: Report): string {
  const { product, seed, runs, command, cases, advice, assumed } = report;
  const title = `Rehearsal of ${product}`;
  const labelled = cases.map((of) => ({ label: labelOf(of, cases), of }));
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${style}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="about">${runs.toLocaleString("en-US")} runs each, seed ${seed}; in brackets where the truth lies with 95 % confidence.</p>`,
    `<p><code>${escaped(command)}</code></p>`,
    tableOf(cases),
    chartOf(labelled),
    ...(cases.length <= 4 ? labelled.map(({ label, of }) => detailsOf(label, of)) : []),
    adviceOf(advice),
    assumed.length === 0 ? "" : `<p class="about">Taken to be so: ${escaped(assumed.join("; "))}.</p>`,
    "</main></body></html>",
    "",
  ].join("\n");
}

export function labelOf({ environment, policy, faults, traffic }: Case, all: readonly Case[]): string {
  const differs = (key: (one: Case) => string) => new Set(all.map(key)).size > 1;
  return [
    ...(differs((one) => one.environment) ? [environment] : []),
    ...(policy === undefined ? [] : [policy]),
    faults.length === 0 ? "a good release" : faults.join(" and "),
    ...(differs((one) => one.traffic) ? [`at ${traffic}`] : []),
  ].join(", ");
}

function tableOf(cases: readonly Case[]): string {
  const head = [
    "environment",
    "release",
    "traffic",
    "taken back",
    "known after, median",
    "failed requests, median",
    "all traffic after",
  ];
  const rows = cases.map(({ environment, policy, faults, traffic, summary }) => [
    policy === undefined ? environment : `${environment}, ${policy}`,
    faults.length === 0 ? "good" : faults.join(" and "),
    traffic,
    chanceText(summary.takenBack),
    summary.detectedAfterMs === undefined ? "–" : timeText(summary.detectedAfterMs.median),
    countText(summary.errors.median),
    summary.fullAfterMs === undefined ? "–" : timeText(summary.fullAfterMs.median),
  ]);
  const cells = (row: readonly string[], tag: "th" | "td") =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="wide"><table><thead>${cells(head, "th")}</thead><tbody>${rows.map((row) => cells(row, "td")).join("\n")}</tbody></table></div>`;
}

function detailsOf(label: string, { summary, faults }: Case): string {
  const rows = summaryRows(summary, faults.length > 0).map(
    ([what, value]) => `<dt>${escaped(what)}</dt><dd>${escaped(value)}</dd>`,
  );
  return `<section><h2>${escaped(label)}</h2><dl>${rows.join("\n")}</dl></section>`;
}

function adviceOf(advice: readonly Advice[]): string {
  if (advice.length === 0) return "";
  const items = advice.map(
    ({ says, found, mistakes }) =>
      `<li><strong>${escaped(says)}</strong><br>found ${escaped(chanceText(found.before))} before, ${escaped(chanceText(found.after))} after; taken back by mistake ${escaped(chanceText(mistakes.before))} before, ${escaped(chanceText(mistakes.after))} after</li>`,
  );
  return `<section><h2>Advice, rehearsed</h2><ul>${items.join("\n")}</ul></section>`;
}
