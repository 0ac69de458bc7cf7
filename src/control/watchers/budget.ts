import { budgetOf } from "../../spec/budget-of.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Reading } from "./watcher.ts";

/** What may be spent, as the spec says it. What was spent is added up beside it (`spending.ts`). */
export function readBudget(environment: Environment): readonly Reading[] {
  const { monthly, daily } = budgetOf(environment) ?? {};
  return [
    ...(monthly === undefined ? [] : [{ name: "cost_monthly_budget_usd", labels: {}, value: monthly }]),
    ...(daily === undefined ? [] : [{ name: "cost_daily_cap_usd", labels: {}, value: daily }]),
  ];
}
