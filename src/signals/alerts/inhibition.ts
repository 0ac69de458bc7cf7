import type { Severity } from "../rules/ruleset.ts";
import type { AlertInstance } from "./alert-state.ts";

/** What a critical alert speaks for. A high one is worth a call of its own. */
const spokenFor: ReadonlySet<Severity> = new Set(["warning", "medium", "info"]);

/**
 * Whatever a critical alert of the same thing speaks for, by fingerprint, with the alert that does. `speaks` says of a critical one
 * whether anybody hears it: one that is silenced, or tells nobody, speaks for none.
 */
export function inhibited(
  alerts: readonly AlertInstance[],
  speaks: (alert: AlertInstance) => boolean,
): ReadonlyMap<string, AlertInstance> {
  const loud = new Map<string, AlertInstance>();
  for (const alert of alerts) {
    const of = alert.labels["of"];
    if (alert.phase === "firing" && alert.severity === "critical" && of !== undefined && !loud.has(of) && speaks(alert))
      loud.set(of, alert);
  }
  return new Map(
    alerts.flatMap((alert): [string, AlertInstance][] => {
      const by = loud.get(alert.labels["of"] ?? "");
      return by !== undefined && spokenFor.has(alert.severity) ? [[alert.fingerprint, by]] : [];
    }),
  );
}
