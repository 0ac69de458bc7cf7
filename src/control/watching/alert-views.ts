import { mutedOf } from "../../signals/alerts/notices.ts";
import type { AlertView } from "../../wire/signals.ts";
import { type EnvironmentWatch, kindOf } from "./environment-watch.ts";
import { jsonNumber } from "./value-views.ts";

/** Every alert of an environment, with what it found. */
export function alertViews(one: EnvironmentWatch): readonly AlertView[] {
  const { alerts, desk } = one.state();
  const nowMs = Date.now();
  const firing = Object.values(alerts.alerts).filter(({ phase }) => phase === "firing");
  const muted = mutedOf(desk, firing, nowMs, one.telling);
  return one.rules.alerts.map((rule): AlertView => {
    const health = alerts.rules[rule.id];
    const instances = Object.values(alerts.alerts)
      .filter((alert) => alert.rule === rule.id && alert.phase !== "resolved")
      .map((alert): AlertView["instances"][number] => {
        const mute = muted.get(alert.fingerprint);
        const by = desk.acknowledged[alert.fingerprint]?.by;
        const { alertname: _, severity: __, ...labels } = alert.labels;
        return {
          fingerprint: alert.fingerprint,
          labels,
          state: alert.phase === "firing" ? "firing" : "pending",
          since: new Date(alert.firedMs ?? alert.activeMs).toISOString(),
          value: jsonNumber(alert.value),
          ...(mute !== undefined && "silence" in mute ? { silencedBy: desk.silences[mute.silence]?.reason ?? mute.silence } : {}),
          ...(mute !== undefined && "inhibitedBy" in mute
            ? { inhibitedBy: one.telling.rules.get(alerts.alerts[mute.inhibitedBy]?.rule ?? "")?.name ?? mute.inhibitedBy }
            : {}),
          ...(by === undefined ? {} : { acknowledgedBy: by }),
        };
      });
    const state =
      health === undefined || health.failing !== undefined
        ? "unknown"
        : instances.some((each) => each.state === "firing")
          ? "firing"
          : instances.length > 0
            ? "pending"
            : "inactive";
    return {
      environment: one.key,
      name: rule.name,
      id: rule.id,
      severity: rule.severity,
      state,
      expr: rule.expr,
      forMs: rule.forMs,
      keepFiringMs: rule.keepFiringMs,
      to: rule.to.map((channel) =>
        one.environment.channels[channel] === undefined
          ? channel
          : `${kindOf(one.environment, channel)} ${one.environment.channels[channel].address}`,
      ),
      ...(rule.owner === undefined ? {} : { owner: rule.owner }),
      ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
      instances,
      ...(health?.failing === undefined ? {} : { problem: health.failing.message }),
      ...(health === undefined ? {} : { lookedAt: new Date(health.lookedMs).toISOString() }),
    };
  });
}
