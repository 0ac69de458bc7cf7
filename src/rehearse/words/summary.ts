import type { Summary } from "../campaign/tally.ts";
import { budgetText, chanceText, countText, timeText } from "./estimates.ts";

export type Row = readonly [what: string, value: string];

/** Many runs, as rows; for a release with a fault, or for one without. */
export function summaryRows(summary: Summary, isFaulty: boolean): readonly Row[] {
  const { takenBack, causes, detectedAfterMs, fullAfterMs, requests, errors, users, budget, notReleased, healthy } = summary;
  const rows: Row[] = [
    [isFaulty ? "taken back" : "taken back by mistake", chanceText(takenBack)],
    ...causes.map(({ cause, chance }): Row => [`  by ${cause}`, chanceText(chance)]),
    ["ended healthy", chanceText(healthy)],
  ];
  if (notReleased.value > 0) rows.push(["not released", chanceText(notReleased)]);
  if (detectedAfterMs !== undefined)
    rows.push(
      ["time until it was known, median", timeText(detectedAfterMs.median)],
      ["  in 95 of 100", timeText(detectedAfterMs.p95)],
    );
  if (fullAfterMs !== undefined) rows.push(["time until all traffic, median", timeText(fullAfterMs.median)]);
  rows.push(
    ["requests to new revisions, median", countText(requests.median)],
    ["  in 95 of 100 at most", countText(requests.p95)],
    ["requests that they failed, median", countText(errors.median)],
    ["  in 95 of 100 at most", countText(errors.p95)],
    ["users who saw it fail, median", countText(users.median)],
  );
  if (budget !== undefined)
    rows.push(["error budget burnt, median", budgetText(budget.median)], ["  in 95 of 100 at most", budgetText(budget.p95)]);
  return rows;
}
