import { onceFor } from "../../lib/once-for.ts";
import { durationMs } from "../../lib/quantities.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { expressionOf } from "../measures/expression-of.ts";
import { absenceAlerts } from "./absence.ts";
import { budgetAlerts } from "./budget-alerts.ts";
import { burnAlerts } from "./burn-alerts.ts";
import { createIds } from "./names.ts";
import type { AlertRule, LeftOut, Ruleset } from "./ruleset.ts";
import { slosOf } from "./slo-rules.ts";
import { uptimeAlerts } from "./uptime-alerts.ts";
import { type Wanted, channelsOf } from "./wanted.ts";

/** Looked at this often where nothing else is said. */
const usualEveryMs = 30_000;

/**
 * All that an environment promises about what is measured, as rules: the same for the engine here and for every back end. It knows
 * no speed; `rulesAtSpeed` divides what is to be divided.
 */
export const rulesOf = onceFor((environment: Environment): Ruleset => {
  const ids = createIds();
  const leftOut: LeftOut[] = [];
  const { slos, recordings, leftOut: unmeasured } = slosOf(environment);
  leftOut.push(...unmeasured);
  const rule = (wanted: Wanted): AlertRule[] => {
    const found = ruleOf(wanted, environment, ids);
    if ("reason" in found) {
      leftOut.push(found);
      return [];
    }
    return [found];
  };
  const written = writtenAlerts(environment);
  const alerts = [...written, ...burnAlerts(written, slos), ...budgetAlerts(environment), ...uptimeAlerts(environment)].flatMap(
    rule,
  );
  return {
    product: environment.product,
    environment: environment.environment,
    recordings,
    alerts: [...alerts, ...absenceAlerts(alerts, environment, ids)],
    slos,
    everyMs: usualEveryMs,
    leftOut,
  };
});

function writtenAlerts({ alerts }: Environment): readonly Wanted[] {
  return Object.entries(alerts).map(([name, alert]): Wanted => {
    const owner = refName(alert.owner, "roles");
    const runbook = refName(alert.runbook, "runbooks");
    return {
      name,
      when: alert.when,
      severity: alert.severity,
      to: channelsOf(alert.to),
      path: ["alerts", name],
      keepFiringMs: alert.keepFiring === undefined ? 0 : durationMs(alert.keepFiring),
      everyMs: alert.every === undefined ? usualEveryMs : durationMs(alert.every),
      ...(owner === undefined ? {} : { owner }),
      ...(runbook === undefined ? {} : { runbook }),
      ...(alert.means === undefined ? {} : { description: alert.means }),
    };
  });
}

function ruleOf(wanted: Wanted, environment: Environment, ids: (name: string) => string): AlertRule | LeftOut {
  const { name, when, path, severity, to, keepFiringMs = 0, everyMs = usualEveryMs, labels = {}, ...rest } = wanted;
  const asked = expressionOf(when, environment);
  if (asked.is === "refused") return { name, path, reason: asked.reason };
  const of = wanted.of ?? when.signal.of?.ref;
  return {
    ...rest,
    kind: "alert",
    name,
    id: ids(name),
    expr: asked.expr,
    when,
    forMs: when.for === undefined ? 0 : durationMs(when.for),
    keepFiringMs,
    everyMs,
    severity,
    to,
    summary: `${name}: {{ $value | ${filterOf(asked.unit)} }}, ${asked.says}`,
    // What an alert is about stands on it, so that a critical one can speak for the others of the same thing.
    labels: { ...(of === undefined ? {} : { of }), ...labels },
    ...(of === undefined ? {} : { of }),
    path,
  };
}

function filterOf(unit: string): string {
  if (unit === "share") return "humanizePercentage";
  return unit === "seconds" ? "humanizeDuration" : "humanize";
}
