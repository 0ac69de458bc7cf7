import { shareOf } from "../../lib/quantities.ts";
import { budgetOf } from "../../spec/budget-of.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Severity } from "./ruleset.ts";
import { type Wanted, channelsOf } from "./wanted.ts";

/** Where a budget says nothing. */
const usualShares = ["50%", "90%", "100%"] as const;
/** Costs are told every few minutes at best. */
const everyMs = 300_000;

/** Money that is gone: at the shares of the month that a budget names, and at the cap of a day. */
export function budgetAlerts(environment: Environment): readonly Wanted[] {
  const { budget, limits } = environment;
  const base = budgetOf(environment) ?? {};
  return [
    ...(budget === undefined ? [] : alertsOf(budget, base, ["budget"], "Budget")),
    ...(limits?.spend === undefined
      ? []
      : alertsOf(limits.spend, base, ["limits", "spend"], budget === undefined ? "Budget" : "Spending limit")),
  ];
}

type Budget = NonNullable<Environment["budget"]>;
type Amounts = Pick<Budget, "monthly" | "daily">;

function alertsOf(budget: Budget, base: Amounts, path: readonly string[], name: string): readonly Wanted[] {
  const { monthly, daily, alertAt, atCap } = budget;
  const to = channelsOf(budget.to ?? []);
  const wanted = (of: { readonly what: "monthToDate" | "dayToDate"; readonly span: string; readonly share: string }): Wanted => {
    const full = shareOf(of.share) >= 1;
    const amount = of.what === "monthToDate" ? "monthly" : "daily";
    const own = budget[amount] ?? 0;
    return {
      name: `${name}: ${of.share} of the ${of.span}`,
      when: {
        kind: "condition",
        signal: { kind: "signal", measure: of.what },
        is: "atLeast",
        // A share is one of the budget: a limit beside it is told in dollars.
        value: own === base[amount] ? of.share : Number((own * shareOf(of.share)).toPrecision(12)),
      },
      severity: severityAt(shareOf(of.share)),
      to,
      path,
      everyMs,
      // Whoever holds the cap reads what is to be done from here.
      labels: full && atCap !== undefined ? { action: atCap } : {},
    };
  };
  const monthlyShares = alertAt ?? usualShares;
  const dailyShares = [...new Set([...(monthly === undefined ? (alertAt ?? []) : []), "100%"])];
  return [
    ...(monthly === undefined ? [] : monthlyShares.map((share) => wanted({ what: "monthToDate", span: "month", share }))),
    ...(daily === undefined ? [] : dailyShares.map((share) => wanted({ what: "dayToDate", span: "day", share }))),
  ];
}

function severityAt(share: number): Severity {
  if (share >= 1) return "critical";
  return share >= 0.75 ? "warning" : "info";
}
