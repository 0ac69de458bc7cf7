import { durationMs } from "../../lib/quantities.ts";
import { sampleEvery } from "../../spec/checks/watching.ts";
import type { Environment } from "../../spec/environment.ts";
import { expressionOf } from "../measures/expression-of.ts";
import { durationText } from "../measures/promql-text.ts";
import type { AlertRule, Ruleset } from "./ruleset.ts";
import { windowsOf } from "./windows.ts";

export type SignalWarning = {
  readonly alert: string;
  readonly kind: "no-owner" | "no-runbook" | "tells-nobody" | "few-samples" | "between-edges";
  readonly says: string;
};

/** What is no mistake, and not well done either: whoever is called at night has to know whose it is and what to do. */
export function warningsOf({ alerts }: Ruleset, environment: Environment): readonly SignalWarning[] {
  return alerts.flatMap((rule) => [...unattended(rule), ...fewSamples(rule), ...betweenEdges(rule, environment)]);
}

/** Alerts that follow from others have what these say; those of budgets and checks cannot say it. */
function unattended({ name, path, owner, runbook, to }: AlertRule): readonly SignalWarning[] {
  if (path[0] !== "alerts" || path[1] !== name) return [];
  return [
    ...(owner === undefined ? [{ alert: name, kind: "no-owner" as const, says: "nobody owns it" }] : []),
    ...(runbook === undefined ? [{ alert: name, kind: "no-runbook" as const, says: "no runbook says what to do" }] : []),
    ...(to.length === 0 ? [{ alert: name, kind: "tells-nobody" as const, says: "nobody is told" }] : []),
  ];
}

/** Checks look at what the spec's words mean; an expression that it writes out has windows of its own. */
function fewSamples({ name, expr }: AlertRule): readonly SignalWarning[] {
  const everyMs = durationMs(sampleEvery);
  const short = windowsOf(expr).find(({ metric, windowMs, samples }) => !metric.includes(":") && windowMs < samples * everyMs);
  if (short === undefined) return [];
  const { metric, windowMs, samples } = short;
  const says =
    `it looks at ${durationText(windowMs)} of ${metric}, which is sampled every ${sampleEvery} where nothing else is said: ` +
    `a window of ${samples} samples takes ${durationText(samples * everyMs)}`;
  return [{ alert: name, kind: "few-samples", says }];
}

function betweenEdges({ name, when }: AlertRule, environment: Environment): readonly SignalWarning[] {
  if (when === undefined) return [];
  const asked = expressionOf(when, environment);
  if (asked.is === "refused" || asked.exactness.is === "exact") return [];
  return [{ alert: name, kind: "between-edges", says: asked.exactness.reason }];
}
