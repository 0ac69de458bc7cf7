import { budgetOf } from "../../../spec/budget-of.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { Refused } from "../expression.ts";
import type { ConditionData } from "../spec-data.ts";
import { isShare, rises, thresholdOf } from "../threshold.ts";
import type { CloudWatchBudget } from "./alarm.ts";

/** Money as a budget of the account; undefined for what is no money. */
export function budgetAlarm(
  condition: ConditionData,
  environment: Environment,
  says: string,
): CloudWatchBudget | Refused | undefined {
  const { signal, value } = condition;
  if (!["monthToDate", "dayToDate", "dailyBudget", "spend"].includes(signal.measure)) return undefined;
  const refuse = (reason: string): Refused => ({ is: "refused", reason, says });
  if (signal.measure !== "monthToDate" && signal.measure !== "dayToDate")
    return refuse("a budget is held against a month or a day");
  if (!rises(condition)) return refuse("a budget tells what was spent, and not what was not");
  const every = signal.measure === "monthToDate" ? "MONTHLY" : "DAILY";
  const budget = budgetOf(environment);
  const limit = every === "MONTHLY" ? budget?.monthly : budget?.daily;
  const at = thresholdOf(value);
  const usd = isShare(value) ? limit : at;
  if (usd === undefined) return refuse(`${environment.environment} has no such budget`);
  const late = "AWS tells costs hours late";
  const reason = condition.is === "atLeast" ? `${late}, and when more is spent than the share, not when just as much is` : late;
  return {
    is: "budget",
    every,
    usd,
    atPercent: isShare(value) ? Number((at * 100).toPrecision(12)) : 100,
    says,
    exactness: { is: "approximate", reason },
  };
}
