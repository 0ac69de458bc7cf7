import type { AlertRule } from "../rules/ruleset.ts";
import type { AlertInstance, AlertState } from "./alert-state.ts";

/** Those that somebody is called for. */
const grave: readonly string[] = ["critical", "high"];

export function isGrave({ severity }: Pick<AlertRule, "severity">): boolean {
  return grave.includes(severity);
}

/** What a rule is about, as the name of a service or of something else. */
export function subjectOf({ of }: Pick<AlertRule, "of">): string | undefined {
  return of?.replace(/^services\./, "");
}

/** Grave alerts about these services that have begun to fire since. One that fired before may be why something is released at all. */
export function begunSince(
  { alerts }: AlertState,
  rules: readonly AlertRule[],
  { services, sinceMs }: { readonly services: readonly string[]; readonly sinceMs: number },
): readonly { readonly alert: AlertInstance; readonly rule: AlertRule }[] {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return Object.values(alerts).flatMap((alert) => {
    const { phase, firedMs = 0, labels } = alert;
    const rule = known.get(alert.rule);
    if (phase !== "firing" || rule === undefined || !isGrave(rule) || firedMs < sinceMs) return [];
    const about = labels["service"] ?? subjectOf(rule);
    return about !== undefined && services.includes(about) ? [{ alert, rule }] : [];
  });
}

/** "API errors fires since 14:03:20 UTC" */
export function begunText(found: readonly { readonly alert: AlertInstance; readonly rule: AlertRule }[], nowMs: number): string {
  const since = new Date(found[0]?.alert.firedMs ?? nowMs).toISOString().slice(11, 19);
  return `${found.map(({ rule }) => rule.name).join(", ")} fires since ${since} UTC`;
}
