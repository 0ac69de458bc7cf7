import { shareOf } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Severity } from "./ruleset.ts";
import { type Wanted, channelsOf } from "./wanted.ts";

/** Where a budget says nothing. */
const usualShares = ["50%", "90%", "100%"] as const;
/** Costs are told every few minutes at best. */
const everyMs = 300_000;

/** Money that is gone: at the shares of the month that a budget names, and at the cap of a day. */
export function budgetAlerts({ budget, limits }: Environment): readonly Wanted[] {
  return [
    ...(budget === undefined ? [] : alertsOf(budget, ["budget"], "Budget")),
    ...(limits?.spend === undefined
      ? []
      : alertsOf(limits.spend, ["limits", "spend"], budget === undefined ? "Budget" : "Spending limit")),
  ];
}

type Budget = NonNullable<Environment["budget"]>;

function alertsOf(budget: Budget, path: readonly string[], name: string): readonly Wanted[] {
  const { monthly, daily, alertAt, atCap } = budget;
  const to = channelsOf(budget.to ?? []);
  const wanted = (of: { readonly what: "monthToDate" | "dayToDate"; readonly span: string; readonly share: string }): Wanted => {
    const full = shareOf(of.share) >= 1;
    return {
      name: `${name}: ${of.share} of the ${of.span}`,
      when: {
        kind: "condition",
        signal: { kind: "signal", measure: of.what },
        is: "atLeast",
        value: of.share,
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
