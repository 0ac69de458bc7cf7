import type { Environment } from "../../spec/environment.ts";
import type { Reading } from "./watcher.ts";

/** What may be spent, as the spec says it. What was spent is told by whoever meters it. */
export function readBudget({ budget, limits }: Environment): readonly Reading[] {
  const monthly = budget?.monthly ?? limits?.spend?.monthly;
  const daily = budget?.daily ?? limits?.spend?.daily;
  return [
    ...(monthly === undefined ? [] : [{ name: "cost_monthly_budget_usd", labels: {}, value: monthly }]),
    ...(daily === undefined ? [] : [{ name: "cost_daily_cap_usd", labels: {}, value: daily }]),
  ];
}
