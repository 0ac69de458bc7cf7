import { options, value } from "../node.ts";
import { asList } from "../shorthand.ts";
import type { Channel } from "./channel.ts";
import type { AnyResource } from "./resource.ts";
import type { AnyService } from "./service.ts";
import { Signal } from "./signal.ts";
import type { Percent } from "./units.ts";

export type BudgetOptions = {
  /** US dollars. */
  readonly monthly?: number;
  readonly daily?: number;
  readonly alertAt?: readonly Percent[];
  readonly to?: Channel | readonly Channel[];
  /** What happens at the cap. */
  readonly atCap?: "alert" | "scale to zero" | "stop";
};

export class Budget {
  readonly kind = "budget";
  constructor(given: BudgetOptions) {
    value(this, { ...options(given), to: asList(given?.to) }, { given });
  }
}

function setBudget(options: BudgetOptions): Budget {
  return new Budget(options);
}

/** Money: what an environment may cost, and how far it got. */
export const budget: typeof setBudget & {
  readonly monthToDate: Signal;
  readonly dayToDate: Signal;
  readonly daily: Signal;
  readonly spend: Signal;
} = Object.assign(setBudget, {
  monthToDate: new Signal({ measure: "monthToDate" }),
  dayToDate: new Signal({ measure: "dayToDate" }),
  /** What may be spent on a day: the daily budget, or a day's part of the monthly one. */
  daily: new Signal({ measure: "dailyBudget" }),
  spend: new Signal({ measure: "spend" }),
});

export type CostLine = {
  readonly line: string;
  /** What it pays for, so that it can be computed again. */
  readonly of?: AnyResource | AnyService | "network" | "connector" | "secrets" | "monitoring";
  /** Dollars a month, or a range of them. */
  readonly stated: number | readonly [least: number, most: number];
  readonly size?: string;
};

/** What a document says that an environment costs, line by line; it is computed again and held against this. */
export class CostTable {
  readonly kind = "costs";
  constructor(given: CostTableOptions) {
    value(this, options(given), { given });
  }
}

export type CostTableOptions = {
  readonly lines?: readonly CostLine[];
  readonly total?: readonly [least: number, most: number];
  /** What the guide says roughly, apart from the sum of the lines. */
  readonly estimate?: readonly [least: number, most: number];
  readonly currency?: "USD";
};

export function statedCosts(options: CostTableOptions): CostTable {
  return new CostTable(options);
}
