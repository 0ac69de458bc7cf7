import { durationMs, shareOf } from "../../src/lib/quantities.ts";
import type { ConditionData } from "../../src/signals/measures/spec-data.ts";
import { rulesOf } from "../../src/signals/rules/rules-of.ts";
import type { Environment } from "../../src/spec/environment.ts";
import type { DocumentAlert } from "./alerts-of-the-documents.ts";

/** An environment of which one thing is another. */
export type ChangedSpec = { readonly what: string; readonly environment: Environment };

/** Everything in the spec that the alert follows from, each changed by a factor. */
export function changedSpecs(wanted: DocumentAlert, environment: Environment, factor: number): readonly ChangedSpec[] {
  const rule = rulesOf(environment).alerts.find(({ name }) => name === wanted.alert);
  const [collection, name] = rule?.path ?? [];
  const changes: ChangedSpec[] = [];
  const change = (what: string, by: (copy: Writable<Environment>) => void) =>
    changes.push({ what, environment: changed(environment, (copy) => by(copy as unknown as Writable<Environment>)) });
  const written = collection === "alerts" && typeof name === "string" && name === wanted.alert;
  if (written) {
    const when = (copy: Pick<Writable<Environment>, "alerts">) => {
      const found = copy.alerts[name];
      if (!found) throw new Error(name);
      return found.when;
    };
    const { value, signal, for: wait, minimumRequests } = when(environment);
    // Nothing times nothing is nothing.
    if (value !== 0 && value !== "0%") change("threshold", (copy) => void (when(copy).value = thresholdTimes(value, factor)));
    const { over } = signal;
    if (over !== undefined) change("window", (copy) => void (when(copy).signal.over = times(over, factor)));
    if (wait !== undefined) change("wait", (copy) => void (when(copy).for = times(wait, factor)));
    if (minimumRequests !== undefined) change("floor", (copy) => void (when(copy).minimumRequests = minimumRequests * factor));
  } else if (collection === "uptime" && typeof name === "string")
    change("interval", (copy) => {
      const check = copy.uptime[name];
      if (check) check.every = times(check.every ?? "60s", factor);
    });
  else if (collection === "budget")
    change("budget", ({ budget }) => void (budget && (budget.monthly = (budget.monthly ?? 0) * factor)));
  else if (collection === "limits")
    change("cap", ({ limits }) => void (limits?.spend && (limits.spend.daily = (limits.spend.daily ?? 0) * factor)));
  if (wanted.alert.includes(" burns ") || rule?.when?.signal.measure === "burnRate")
    change("what may fail", (copy) => {
      for (const slo of Object.values(copy.slos)) slo.target = `${100 - (1 - shareOf(slo.target)) * 100 * factor}%`;
    });
  return changes;
}

const changed = <T>(value: T, change: (copy: T) => void): T => {
  const copy = structuredClone(value);
  change(copy);
  return copy;
};

type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };

const times = (span: string, factor: number) => `${(durationMs(span) * factor) / 1_000}s`;

function thresholdTimes(value: ConditionData["value"], factor: number): ConditionData["value"] {
  if (typeof value === "number") return value * factor;
  return value.endsWith("%") ? `${shareOf(value) * 100 * factor}%` : times(value, factor);
}
