import { describe, expect, test } from "vitest";
import { readBudget } from "../../src/control/watchers/budget.ts";
import { cloudWatchAlarmOf } from "../../src/signals/measures/cloudwatch/classic.ts";
import { expressionOf } from "../../src/signals/measures/expression-of.ts";
import { generatedCases } from "../../src/signals/cases/generated.ts";
import { runCase } from "../../src/signals/cases/run-case.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import * as g from "../../src/spec/index.ts";
import { synth } from "../../src/synth/index.ts";
import { library } from "../support/synth.ts";
import { checkSpec } from "../support/spec.ts";

// An environment may have a budget, which is what it is planned to cost, and a limit, which is what it is allowed to. A share of what was
// spent means the same wherever it is evaluated: one of the budget, and of the limit where the budget says nothing.

const ops = g.channel.email("ops@shop.example");
const api = g.service("api", { build: ".", size: { cpu: 1, memory: "512Mi" } });
const both = {
  budget: g.budget({ monthly: 1_000, alertAt: ["50%"], to: ops }),
  limits: { spend: g.budget({ monthly: 1_500, daily: 60, alertAt: ["90%"], to: ops, atCap: "scale to zero" }) },
};
const atMost = g.alert("Most of it", { when: g.budget.monthToDate.atLeast("80%"), severity: "warning", to: ops });
const product = g.product("shop", {
  services: [api],
  watch: { tools: { alerts: ["cloud"], metrics: ["cloud"] }, alerts: [atMost] },
  environments: {
    google: g.gcp("shop-google", { runs: "cloud run", region: "us-central1", ...both }),
    amazon: g.aws("shop-amazon", { runs: "ecs", region: "us-east-1", ...both }),
    limited: g.gcp("shop-limited", { runs: "cloud run", region: "us-central1", limits: both.limits }),
  },
});
const { environments, problems } = checkSpec(product);
const inPlace = (name: string) => {
  const found = environments.find(({ environment }) => environment === name);
  if (!found) throw new Error(JSON.stringify(problems, undefined, 2));
  return found;
};
const files = synth({ name: "shop", environments, library: library(), plain: false });
const textOf = (end: string) => files.find(({ path }) => path.endsWith(end))?.text ?? "";
const share = { kind: "condition", signal: { kind: "signal", measure: "monthToDate" }, is: "atLeast", value: "80%" } as const;

describe("a budget and a limit in one environment", () => {
  const [google, amazon] = [inPlace("google"), inPlace("amazon")];

  test("a share is one of the budget, here and in each cloud", () => {
    const here = expressionOf(share, google);
    expect(here.is === "expression" && here.expr).toBe("sum(cost_month_to_date_usd) / 1000 >= 0.8");
    expect(cloudWatchAlarmOf(share, amazon)).toMatchObject({ usd: 1_000, atPercent: 80 });
    expect(readBudget(google).map(({ name, value }) => [name, value])).toEqual([
      ["cost_monthly_budget_usd", 1_000],
      ["cost_daily_cap_usd", 60],
    ]);
    expect(textOf("google/terraform.tfvars")).toMatch(/monthly_usd\s+= 1000\b/);
    expect(textOf("amazon/terraform.tfvars")).toMatch(/monthly_budget_usd\s+= 1000\b/);
  });

  test("the limit's own alerts are told in its dollars, and each alert does what its words say", () => {
    const rules = rulesOf(google).alerts.filter(({ path }) => path[0] !== "alerts");
    expect(rules.map(({ name, expr }) => [name, expr])).toEqual([
      ["Budget: 50% of the month", "sum(cost_month_to_date_usd) / 1000 >= 0.5"],
      ["Spending limit: 90% of the month", "sum(cost_month_to_date_usd) >= 1350"],
      ["Spending limit: 100% of the day", "sum(cost_day_to_date_usd) / 60 >= 1"],
    ]);
    for (const rule of rules) {
      const generated = generatedCases(rule, google);
      const cases = generated.is === "generated" ? generated.cases : [];
      expect(cases.length, rule.name).toBeGreaterThan(0);
      expect(cases.flatMap((one) => runCase(rulesOf(google), one))).toEqual([]);
    }
  });

  test("a limit alone is what a share is of", () => {
    const here = expressionOf(share, inPlace("limited"));
    expect(here.is === "expression" && here.expr).toBe("sum(cost_month_to_date_usd) / 1500 >= 0.8");
    expect(textOf("limited/terraform.tfvars")).toMatch(/monthly_usd\s+= 1500\b/);
  });
});
