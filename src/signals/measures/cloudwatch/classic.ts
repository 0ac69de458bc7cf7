import { durationMs, shareOf } from "../../../lib/quantities.ts";
import type { Environment } from "../../../spec/environment.ts";
import { shortOf } from "../condition-text.ts";
import { measureOf, windowOf } from "../expression-of.ts";
import type { Refused } from "../expression.ts";
import { type About, aboutOf } from "../matchers.ts";
import { numberText } from "../promql-text.ts";
import type { ConditionData } from "../spec-data.ts";
import { rises, thresholdOf, thresholdWords } from "../threshold.ts";
import type { CloudWatchAlarm, CloudWatchBudget, CloudWatchComposite } from "./alarm.ts";
import { budgetAlarm } from "./budget.ts";
import type { Counted } from "./counted.ts";
import { ofResource } from "./of-resource.ts";
import { ofService } from "./of-service.ts";

const dayMs = 86_400_000;

/**
 * A condition as a classic alarm of CloudWatch, in metric math over what AWS measures itself. One alarm is one series; what has no
 * such metric, or would mean something else, is refused with its reason.
 */
export function cloudWatchAlarmOf(
  condition: ConditionData,
  environment: Environment,
): CloudWatchAlarm | CloudWatchComposite | CloudWatchBudget | Refused {
  const { signal } = condition;
  const native = measureOf(condition, environment);
  if (native.is === "refused") return { is: "refused", reason: native.reason, says: signal.measure };
  const says = `${native.says}, ${thresholdWords(condition)}`;
  const refuse = (reason: string): Refused => ({ is: "refused", reason, says });
  if (condition.is === "timesNormal")
    return refuse(
      "metric math has no value of a day ago: a band of standard deviations would be another promise, so take a PromQL alarm",
    );
  if ((signal.by ?? []).length > 0 || signal.top !== undefined)
    return refuse("a classic alarm is about one series, and not one a label");
  if (Object.keys(signal.where ?? {}).length > 0) return refuse("AWS's own metrics know none of these labels");
  const money = budgetAlarm(condition, environment, says);
  if (money !== undefined) return money;
  if (signal.measure === "burnRate") return burn(condition, environment, says);
  const counted = countedBy(condition, environment);
  if (typeof counted === "string") return refuse(counted);
  const { overMs } = windowOf(signal, native);
  return alarm(condition, counted, { overMs, says });
}

function countedBy(condition: ConditionData, environment: Environment): Counted | string {
  const about: About = aboutOf(condition.signal.of, environment);
  if (about.kind === "service") return ofService(condition, about, environment);
  if (about.kind === "resource")
    return about.resource.external === true
      ? `${about.name} is run by somebody else, and AWS measures nothing of it`
      : ofResource(condition, about);
  return `AWS has no metric for ${condition.signal.measure}`;
}

function alarm(
  condition: ConditionData,
  counted: Counted,
  { overMs, says }: { readonly overMs: number; readonly says: string },
): CloudWatchAlarm | Refused {
  const { window, leastPeriodSeconds = 60 } = counted;
  const spanMs = window ? overMs : 60_000;
  const period = Math.max(leastPeriodSeconds, Math.round(spanMs / 60_000) * 60);
  const forMs = condition.for === undefined ? 0 : durationMs(condition.for);
  // A window is looked at every minute anew, so `for` is counted in periods only where there is no window.
  const periods = Math.max(1, Math.ceil(forMs / 1_000 / period));
  if (period * periods * 1_000 > dayMs) return { is: "refused", reason: "a classic alarm looks back one day at most", says };
  const notes: string[] = [];
  if (counted.exactness !== undefined && counted.exactness.is !== "exact") notes.push(counted.exactness.reason);
  if (window && forMs > 0)
    notes.push(
      `it rings after ${periods} whole windows of ${period} s, where Prometheus looks at the window at every moment of "for"`,
    );
  const threshold = thresholdOf(condition.value);
  return {
    is: "alarm",
    queries: counted.queries(period),
    comparison: comparisonOf(condition, counted.flips === true),
    threshold: counted.threshold?.(threshold) ?? threshold,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData: counted.missing,
    says,
    exactness: notes.length === 0 ? { is: "exact" } : { is: "approximate", reason: notes.join("; ") },
  };
}

function comparisonOf({ is }: ConditionData, flips: boolean): CloudWatchAlarm["comparison"] {
  const names = {
    above: "GreaterThanThreshold",
    atLeast: "GreaterThanOrEqualToThreshold",
    below: "LessThanThreshold",
    atMost: "LessThanOrEqualToThreshold",
  } as const;
  const flipped = { above: "below", atLeast: "atMost", below: "above", atMost: "atLeast" } as const;
  if (is === "timesNormal") return names.above;
  return names[flips ? flipped[is] : is];
}

/** Two alarms of which both must ring: one on the long window and one on the short. */
function burn(condition: ConditionData, environment: Environment, says: string): CloudWatchComposite | Refused {
  const about = aboutOf(condition.signal.of, environment);
  if (about.kind !== "slo" || !rises(condition))
    return { is: "refused", reason: "only a budget that burns too fast is told", says };
  const { slo } = about;
  if (slo.of.measure !== "errorRate")
    return { is: "refused", reason: `AWS counts nothing that ${about.name} could be told from`, says };
  const longMs = condition.signal.over === undefined ? 3_600_000 : durationMs(condition.signal.over);
  if (longMs > dayMs) return { is: "refused", reason: "a classic alarm looks back one day at most", says };
  const allowed = 1 - shareOf(slo.target);
  const share: ConditionData = {
    kind: "condition",
    signal: slo.of,
    is: condition.is,
    value: Number(numberText(thresholdOf(condition.value) * allowed)),
    minimumRequests: 1,
  };
  const counted = countedBy(share, environment);
  if (typeof counted === "string") return { is: "refused", reason: counted, says };
  const parts: CloudWatchAlarm[] = [];
  for (const overMs of [longMs, shortOf(longMs)]) {
    const part = alarm(share, counted, { overMs, says: `${says}, over ${overMs / 60_000} minutes` });
    if (part.is === "refused") return part;
    parts.push(part);
  }
  return { is: "composite", joined: "and", parts, says, exactness: parts[0]?.exactness ?? { is: "exact" } };
}
