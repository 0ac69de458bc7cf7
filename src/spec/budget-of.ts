import type { Environment } from "./environment.ts";

type Budget = NonNullable<Environment["budget"]>;

/**
 * What an environment may cost, of a month and of a day: its budget where that says an amount, its limit otherwise. A share of
 * what is spent is one of this, wherever it is evaluated.
 */
export function budgetOf({ budget, limits }: Pick<Environment, "budget" | "limits">): Budget | undefined {
  const limit = limits?.spend;
  if (budget === undefined || limit === undefined) return budget ?? limit;
  return {
    ...limit,
    ...budget,
    to: [...new Map([...(budget.to ?? []), ...(limit.to ?? [])].map((one) => [one.ref, one])).values()],
  };
}
