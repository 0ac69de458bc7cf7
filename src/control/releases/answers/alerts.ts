import type { Answer, Gate } from "../../../delivery/gate.ts";
import { begunSince, begunText } from "../../../signals/alerts/begun-since.ts";
import { type Look, answered } from "./look.ts";

/** An alert about what is released that has begun to fire since. */
export function alertsAnswer(gate: Extract<Gate, { gate: "alerts" }>, { release, watch, nowMs }: Look): Answer {
  if (watch === undefined) return answered("inconclusive", "the environment is not watched", nowMs);
  const { services } = gate;
  const found = begunSince(watch.state().alerts, watch.rules.alerts, { services, sinceMs: release.startedAtMs });
  if (found.length === 0) return answered("pass", "no alert about it fires", nowMs);
  return answered("fail", begunText(found, nowMs), nowMs, {
    alerts: found.map(({ alert: { labels, value }, rule }) => ({ alert: rule.name, labels, value: String(value) })),
  });
}
