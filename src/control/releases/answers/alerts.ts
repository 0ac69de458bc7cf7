import type { Answer, Gate } from "../../../delivery/gate.ts";
import { type Look, answered } from "./look.ts";

/** Those that somebody is called for. */
const grave: readonly string[] = ["critical", "high"];

/** An alert about what is released that has begun to fire since. One that fired before may be why it is released at all. */
export function alertsAnswer(gate: Extract<Gate, { gate: "alerts" }>, { release, watch, nowMs }: Look): Answer {
  if (watch === undefined) return answered("inconclusive", "the environment is not watched", nowMs);
  const rules = new Map(watch.rules.alerts.map((rule) => [rule.id, rule]));
  const firing = Object.values(watch.state().alerts.alerts).filter(({ phase, rule, firedMs = 0, labels }) => {
    const found = rules.get(rule);
    if (phase !== "firing" || found === undefined || !grave.includes(found.severity) || firedMs < release.startedAtMs)
      return false;
    const about = labels["service"] ?? found.of?.replace(/^services\./, "");
    return about !== undefined && gate.services.includes(about);
  });
  const [first] = firing;
  if (first === undefined) return answered("pass", "no alert about it fires", nowMs);
  const names = firing.map(({ rule }) => rules.get(rule)?.name ?? rule);
  return answered(
    "fail",
    `${names.join(", ")} fires since ${new Date(first.firedMs ?? nowMs).toISOString().slice(11, 19)} UTC`,
    nowMs,
    {
      alerts: firing.map(({ rule, labels, value }) => ({ alert: rules.get(rule)?.name ?? rule, labels, value: String(value) })),
    },
  );
}
