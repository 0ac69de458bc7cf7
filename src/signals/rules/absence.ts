import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { durationText, quoted } from "../measures/promql-text.ts";
import type { AlertRule } from "./ruleset.ts";

const waitMs = 3_600_000;

/**
 * A backup that nobody measures is not a backup that did not fail. What a failed backup would tell goes to the same people when
 * there is nothing to tell it from.
 */
export function absenceAlerts(
  alerts: readonly AlertRule[],
  { resources }: Environment,
  ids: (name: string) => string,
): readonly AlertRule[] {
  return alerts.flatMap((alert): AlertRule[] => {
    const { when } = alert;
    const resource = refName(when?.signal.of, "resources");
    if (when?.signal.measure !== "backupFailures" || resource === undefined || !Object.hasOwn(resources, resource)) return [];
    const name = `${alert.name}: not measured`;
    const { when: _, ...rest } = alert;
    return [
      {
        ...rest,
        name,
        id: ids(name),
        expr: `absent(backup_last_success_timestamp_seconds{resource=${quoted(resource)}})`,
        forMs: waitMs,
        keepFiringMs: 0,
        severity: "warning",
        summary: `${name}: for ${durationText(waitMs)} nothing has told when a backup of ${resource} last succeeded`,
      },
    ];
  });
}
