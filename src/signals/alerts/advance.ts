import type { AlertRule } from "../rules/ruleset.ts";
import type { Labels } from "../series.ts";
import type { AlertInstance, AlertState, RuleHealth, Transition } from "./alert-state.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { filledSummary } from "./summary.ts";

// Alerts as Prometheus has them: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
//
// 1. What fires has been pending at every evaluation for as long as its rule says; a rule without `for` fires at once.
// 2. A series that is gone, or under the threshold, resolves what fired and drops what was pending. It may keep firing for a while.
// 3. A rule that cannot be evaluated changes nothing but its own health.
// 4. Nothing is resolved that did not fire.
// 5. The same state and results give the same: no clock, nothing random. State is plain data and holds all there is.

export type Outcome =
  | { readonly ok: true; readonly vector: readonly { readonly labels: Labels; readonly value: number }[] }
  | { readonly ok: false; readonly message: string };

/** A rule and what its expression gave just now. Rules that were not looked at this time are left out. */
export type RuleResult = { readonly rule: AlertRule; readonly outcome: Outcome };

export type AdvanceOptions = {
  /** Ids of all rules that there are: what belongs to none of them resolves. */
  readonly rules?: readonly string[];
};

export type Advanced = { readonly state: AlertState; readonly transitions: readonly Transition[] };

/** An alert that is over is remembered this long, so that whoever asks late still hears of it. */
export const rememberedMs = 15 * 60_000;
/** Evaluations that were left out longer than this did not see that anything held all the time. */
const unseenMs = 5 * 60_000;

export function advanceAlerts(
  before: AlertState,
  results: readonly RuleResult[],
  nowMs: number,
  options: AdvanceOptions = {},
): Advanced {
  const transitions: Transition[] = [];
  const backMs = before.atMs - nowMs;
  if (backMs > 0 && before.atMs > 0) transitions.push({ kind: "clock", atMs: nowMs, backMs });
  const state = backMs > 0 ? movedBack(before, backMs) : before;
  const alerts = new Map(Object.entries(state.alerts));
  const rules = new Map(Object.entries(state.rules));
  const open = openByRule(alerts);
  let { episodes } = state;
  const nextEpisode = () => ++episodes;
  for (const { rule, outcome } of results) {
    const health = rules.get(rule.id);
    const found = outcome.ok ? instancesOf(rule, outcome.vector) : outcome;
    if (!found.ok) {
      if (health?.failing === undefined)
        transitions.push({ kind: "failing", atMs: nowMs, rule: rule.id, message: found.message });
      const sinceMs = health?.failing?.sinceMs ?? nowMs;
      rules.set(rule.id, { lookedMs: nowMs, failing: { sinceMs, message: found.message } });
      continue;
    }
    if (health?.failing !== undefined)
      transitions.push({ kind: "recovered", atMs: nowMs, rule: rule.id, message: health.failing.message });
    advanceRule(rule, found.instances, {
      alerts,
      open: open.get(rule.id) ?? [],
      nowMs,
      unseen: unseen(rule, health, nowMs),
      nextEpisode,
      transitions,
    });
    rules.set(rule.id, { lookedMs: nowMs });
  }
  if (options.rules !== undefined) forgetRules(new Set(options.rules), { alerts, rules, nowMs, transitions });
  for (const [fingerprint, { phase, resolvedMs = nowMs }] of alerts)
    if (phase === "resolved" && nowMs - resolvedMs > rememberedMs) alerts.delete(fingerprint);
  return {
    state: { schemaVersion: 1, atMs: nowMs, episodes, alerts: sorted(alerts), rules: sorted(rules) },
    transitions,
  };
}

/** Fingerprints of what is pending or firing. */
function openByRule(alerts: ReadonlyMap<string, AlertInstance>): ReadonlyMap<string, readonly string[]> {
  const open = new Map<string, string[]>();
  for (const [fingerprint, { rule, phase }] of alerts) {
    if (phase === "resolved") continue;
    const known = open.get(rule);
    if (known) known.push(fingerprint);
    else open.set(rule, [fingerprint]);
  }
  return open;
}

type Found = { readonly labels: Labels; readonly value: number };
type At = {
  readonly alerts: Map<string, AlertInstance>;
  readonly open: readonly string[];
  readonly nowMs: number;
  readonly unseen: number;
  readonly nextEpisode: () => number;
  readonly transitions: Transition[];
};

/** Each series with the labels of the alert that it makes. Two that make the same one are a mistake of the rule. */
function instancesOf(
  rule: AlertRule,
  vector: readonly Found[],
): { readonly ok: true; readonly instances: ReadonlyMap<string, Found> } | { readonly ok: false; readonly message: string } {
  const instances = new Map<string, Found>();
  for (const { labels, value } of vector) {
    const { __name__: _, ...rest } = labels;
    const all = { ...rest, ...rule.labels, severity: rule.severity, alertname: rule.id };
    const fingerprint = fingerprintOf(all);
    if (instances.has(fingerprint)) return { ok: false, message: `two series of ${rule.name} have the same labels` };
    instances.set(fingerprint, { labels: all, value });
  }
  return { ok: true, instances };
}

function advanceRule(
  rule: AlertRule,
  found: ReadonlyMap<string, Found>,
  { alerts, open, nowMs, unseen, nextEpisode, transitions }: At,
): void {
  for (const [fingerprint, { labels, value }] of found) {
    const known = alerts.get(fingerprint);
    const summary = filledSummary(rule.summary, { value, labels });
    if (known === undefined || known.phase === "resolved") {
      const alert: AlertInstance = {
        fingerprint,
        rule: rule.id,
        labels,
        severity: rule.severity,
        phase: "pending",
        value,
        summary,
        activeMs: nowMs,
      };
      alerts.set(fingerprint, alert);
      if (rule.forMs > 0) transitions.push({ kind: "pending", atMs: nowMs, alert });
    } else {
      const { keptSinceMs: _, ...rest } = known;
      // What nobody looked at may have been under the threshold: it does not count towards `for`.
      const activeMs = known.phase === "pending" ? known.activeMs + unseen : known.activeMs;
      alerts.set(fingerprint, { ...rest, severity: rule.severity, value, summary, activeMs });
    }
    const now = alerts.get(fingerprint);
    if (now?.phase === "pending" && nowMs - now.activeMs >= rule.forMs) {
      const alert: AlertInstance = { ...now, phase: "firing", firedMs: nowMs, episode: nextEpisode() };
      alerts.set(fingerprint, alert);
      transitions.push({ kind: "firing", atMs: nowMs, alert });
    }
  }
  for (const fingerprint of open) {
    const alert = alerts.get(fingerprint);
    if (alert === undefined || found.has(fingerprint)) continue;
    if (alert.phase === "firing" && rule.keepFiringMs > 0) {
      const keptSinceMs = alert.keptSinceMs ?? nowMs;
      if (nowMs - keptSinceMs < rule.keepFiringMs) {
        alerts.set(fingerprint, { ...alert, keptSinceMs });
        continue;
      }
    }
    end(fingerprint, alert, { alerts, nowMs, transitions });
  }
}

function end(
  fingerprint: string,
  alert: AlertInstance,
  { alerts, nowMs, transitions, because }: Pick<At, "alerts" | "nowMs" | "transitions"> & { readonly because?: string },
): void {
  const why = because === undefined ? {} : { because };
  if (alert.phase === "pending") {
    alerts.delete(fingerprint);
    transitions.push({ kind: "dropped", atMs: nowMs, alert, ...why });
    return;
  }
  const { keptSinceMs: _, ...rest } = alert;
  const resolved: AlertInstance = { ...rest, phase: "resolved", resolvedMs: nowMs };
  alerts.set(fingerprint, resolved);
  transitions.push({ kind: "resolved", atMs: nowMs, alert: resolved, ...why });
}

function forgetRules(
  known: ReadonlySet<string>,
  {
    alerts,
    rules,
    nowMs,
    transitions,
  }: Pick<At, "alerts" | "nowMs" | "transitions"> & { readonly rules: Map<string, RuleHealth> },
): void {
  for (const [fingerprint, alert] of alerts)
    if (alert.phase !== "resolved" && !known.has(alert.rule))
      end(fingerprint, alert, { alerts, nowMs, transitions, because: "the spec no longer has the alert" });
  for (const id of rules.keys()) if (!known.has(id)) rules.delete(id);
}

/** How long nobody looked, beyond what is usual for the rule. */
function unseen(rule: AlertRule, health: RuleHealth | undefined, nowMs: number): number {
  const gapMs = health === undefined ? 0 : nowMs - health.lookedMs;
  return gapMs > Math.max(unseenMs, 4 * rule.everyMs) ? gapMs - rule.everyMs : 0;
}

/** A clock that is put back takes all moments with it, so that what has been waited stays waited. */
function movedBack(state: AlertState, backMs: number): AlertState {
  const back = (ms: number) => ms - backMs;
  const alerts = Object.entries(state.alerts).map(([fingerprint, alert]): [string, AlertInstance] => [
    fingerprint,
    {
      ...alert,
      activeMs: back(alert.activeMs),
      ...(alert.firedMs === undefined ? {} : { firedMs: back(alert.firedMs) }),
      ...(alert.resolvedMs === undefined ? {} : { resolvedMs: back(alert.resolvedMs) }),
      ...(alert.keptSinceMs === undefined ? {} : { keptSinceMs: back(alert.keptSinceMs) }),
    },
  ]);
  const rules = Object.entries(state.rules).map(([id, health]): [string, RuleHealth] => [
    id,
    {
      ...health,
      lookedMs: back(health.lookedMs),
      ...(health.failing === undefined ? {} : { failing: { ...health.failing, sinceMs: back(health.failing.sinceMs) } }),
    },
  ]);
  return { ...state, atMs: back(state.atMs), alerts: Object.fromEntries(alerts), rules: Object.fromEntries(rules) };
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
