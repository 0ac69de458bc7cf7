import { budgetOf } from "../../../spec/budget-of.ts";
import { metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refusedHere } from "../measured.ts";
import { numberText } from "../promql-text.ts";
import type { Asking } from "./asking.ts";

/** US dollars, as whoever meters the environment's cost tells them; `service` says whose. */
export function money({ signal, environment, asShare }: Asking): Measured | NotMeasured {
  const budget = budgetOf(environment);
  const where = environment.environment;
  const spent = (metric: string, limit: number | undefined, span: string): Measured | NotMeasured => {
    const of = metricWith(metric, {}, signal);
    if (!asShare)
      return {
        is: "measured",
        shape: { is: "gauge", of, fold: "sum" },
        unit: "usd",
        own: [],
        says: `what ${where} has cost ${span}, in dollars`,
      };
    if (limit === undefined) return refusedHere(`${where} has no budget that this could be a share of`);
    return {
      is: "measured",
      shape: { is: "taken", used: of, limit, fold: "sum" },
      unit: "share",
      own: [],
      says: `what ${where} has cost ${span}, as a share of ${numberText(limit)} dollars`,
    };
  };
  switch (signal.measure) {
    case "monthToDate":
      return spent("cost_month_to_date_usd", budget?.monthly, "this month");
    case "dayToDate":
      return spent("cost_day_to_date_usd", budget?.daily, "today");
    case "dailyBudget": {
      if (budget?.daily === undefined && budget?.monthly === undefined) return refusedHere(`${where} has no budget`);
      const expr =
        budget.daily === undefined
          ? `${numberText(budget.monthly ?? 0)} / days_in_month()`
          : `vector(${numberText(budget.daily)})`;
      return {
        is: "measured",
        shape: { is: "text", expr },
        unit: "usd",
        own: [],
        says: `what ${where} may cost a day, in dollars`,
      };
    }
    default:
      // The month's cost starts again at nothing, and is then read as any counter that does.
      return {
        is: "measured",
        shape:
          signal.over === undefined
            ? { is: "gauge", of: metricWith("cost_month_to_date_usd", {}, signal), fold: "sum" }
            : { is: "increase", of: metricWith("cost_month_to_date_usd", {}, signal) },
        unit: "usd",
        own: [],
        usualMs: minutesMs(24 * 60),
        says: `what ${where} costs, in dollars`,
      };
  }
}
