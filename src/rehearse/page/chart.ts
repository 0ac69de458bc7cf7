import { spanText } from "../../delivery/words/span.ts";
import type { Case } from "../campaign/case.ts";
import { escaped } from "./escape.ts";

// A chart as inline SVG: for each case how many of the runs were taken back by which time.

const width = 720;
const height = 300;
const left = 44;
const bottom = 34;
const top = 12;
const right = 16;
export const mostLines = 6;

export function chartOf(cases: readonly { readonly label: string; readonly of: Case }[]): string {
  const shown = cases.slice(0, mostLines).filter(({ of }) => of.takenBackBy.length > 0);
  const mostMs = Math.max(60_000, ...shown.map(({ of }) => of.takenBackBy.at(-1)?.[0] ?? 0));
  const x = (ms: number) => round(left + ((width - left - right) * ms) / mostMs);
  const y = (share: number) => round(height - bottom - (height - bottom - top) * share);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(share)}" y2="${y(share)}"/><text x="${left - 6}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
  );
  const marks = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${x(mostMs * part)}" y="${height - 12}" text-anchor="middle">${escaped(spanText(Math.round((mostMs * part) / 1_000) * 1_000))}</text>`,
  );
  const lines = shown.map(({ label, of }, at) => {
    let share = 0;
    const steps = of.takenBackBy.map(([ms, next]) => {
      const step = `H${x(ms)}V${y(next)}`;
      share = next;
      return step;
    });
    return `<path class="line c${at}" d="M${x(0)} ${y(0)}${steps.join("")}H${x(mostMs)}"><title>${escaped(label)}: ${round(share * 100)} %</title></path>`;
  });
  const keys = shown.map(({ label }, at) => `<li><span class="key c${at}"></span>${escaped(label)}</li>`);
  return [
    `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Share of the runs that were taken back, by time since the first request to a new revision">`,
    ...grid,
    ...marks,
    ...lines,
    `</svg><figcaption>Taken back by when, since the first request to a new revision<ul class="keys">${keys.join("")}</ul></figcaption></figure>`,
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
