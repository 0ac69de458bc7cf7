import type { AlertRule, Severity } from "../rules/ruleset.ts";
import type { AlertInstance, AlertState } from "./alert-state.ts";
import type { Desk, Notice, NoticeAlert, Told } from "./desk.ts";
import { digestOf } from "../../lib/digest.ts";
import { inhibited } from "./inhibition.ts";
import { isActive, isSilenced } from "./silence.ts";

// Who is to hear of what, worked out from what fires and what was told: nothing is an event that could be missed.
//
// 1. What fires is told to each of its channels once, and again after `repeatMs` unless somebody has it in hand.
// 2. What is silenced or spoken for is not told; when that ends and it still fires, it is.
// 3. A channel that was told of a firing is told of its end, silence or not: no incident stays open for ever.
// 4. Who was told nothing hears no end.
// 5. Alerts of one name are told together. A group is told of at most every `groupMs`, except of what is critical.

export type Telling = {
  readonly product: string;
  readonly environment: string;
  /** The rules by id: who is told, and what a notice says. */
  readonly rules: ReadonlyMap<string, AlertRule>;
  readonly groupMs?: number;
  readonly repeatMs?: number;
};

const usualGroupMs = 60_000;
const usualRepeatMs = 4 * 3_600_000;

export function advanceNotices(
  desk: Desk,
  { alerts }: AlertState,
  nowMs: number,
  telling: Telling,
): { readonly desk: Desk; readonly notices: readonly Notice[] } {
  const { rules, groupMs = usualGroupMs, repeatMs = usualRepeatMs } = telling;
  const firing = Object.values(alerts).filter(({ phase }) => phase === "firing");
  const mute = mutedOf(desk, firing, nowMs, telling);
  const acknowledged = Object.fromEntries(
    Object.entries(desk.acknowledged).filter(([fingerprint, { episode }]) => {
      const alert = alerts[fingerprint];
      return alert?.phase === "firing" && alert.episode === episode;
    }),
  );
  const told = new Map(Object.entries(desk.told).map(([channel, of]) => [channel, new Map(Object.entries(of))]));
  const groups = new Map(Object.entries(desk.groups).filter(([, atMs]) => atMs <= nowMs && nowMs - atMs < groupMs));
  const drafts = new Map<string, Draft>();
  const draft = (channel: string, group: string, status: Draft["status"], again: boolean): Draft => {
    const key = [channel, group, status, String(again)].join("\0");
    const found = drafts.get(key) ?? { channel, group, status, again, alerts: [] };
    drafts.set(key, found);
    return found;
  };
  const mayTell = (channel: string, group: string, severity: Severity) =>
    severity === "critical" || !groups.has(groupKey(channel, group));

  for (const [channel, of] of told)
    for (const [fingerprint, one] of of) {
      const alert = alerts[fingerprint];
      const still = alert?.phase === "firing" && (rules.get(alert.rule)?.to.includes(channel) ?? false);
      if (still || !mayTell(channel, one.group, one.alert.severity)) continue;
      const resolvedMs = alert?.resolvedMs ?? nowMs;
      draft(channel, one.group, "resolved", false).alerts.push({ ...one.alert, resolvedMs });
      of.delete(fingerprint);
    }
  for (const alert of firing) {
    const rule = rules.get(alert.rule);
    if (rule === undefined || mute.has(alert.fingerprint)) continue;
    const says = noticeAlert(alert, rule, telling);
    for (const channel of rule.to) {
      const of = told.get(channel) ?? new Map<string, Told>();
      const before = of.get(alert.fingerprint);
      const known = before !== undefined && before.episode === alert.episode;
      const inHand = acknowledged[alert.fingerprint] !== undefined;
      if (known ? inHand || nowMs - before.toldMs < repeatMs : inHand) continue;
      if (!known && !mayTell(channel, rule.id, alert.severity)) continue;
      draft(channel, rule.id, "firing", known).alerts.push(says);
      told.set(channel, of);
      of.set(alert.fingerprint, { episode: alert.episode ?? 0, toldMs: nowMs, alert: says, group: rule.id });
    }
  }
  for (const { channel, group } of drafts.values()) groups.set(groupKey(channel, group), nowMs);
  const notices = [...drafts.values()].map((one) => noticeOf(one, { nowMs, telling, told: told.get(one.channel) }));
  return {
    desk: {
      schemaVersion: 1,
      silences: Object.fromEntries(Object.entries(desk.silences).filter(([, { untilMs }]) => untilMs > nowMs)),
      acknowledged,
      told: Object.fromEntries(
        [...told].filter(([, of]) => of.size > 0).map(([channel, of]) => [channel, Object.fromEntries(of)]),
      ),
      groups: Object.fromEntries(groups),
    },
    notices,
  };
}

/** What nobody is told of just now, and why. */
export function mutedOf(
  desk: Desk,
  firing: readonly AlertInstance[],
  nowMs: number,
  { product, environment, rules }: Telling,
): ReadonlyMap<string, { readonly silence: string } | { readonly inhibitedBy: string }> {
  const silences = Object.values(desk.silences).filter((one) => isActive(one, nowMs));
  const muted = new Map<string, { readonly silence: string } | { readonly inhibitedBy: string }>();
  for (const { fingerprint, labels } of firing) {
    const silence = silences.length === 0 ? undefined : isSilenced({ ...labels, product, environment }, silences, nowMs);
    if (silence !== undefined) muted.set(fingerprint, { silence: silence.id });
  }
  const speaks = (alert: AlertInstance) => !muted.has(alert.fingerprint) && (rules.get(alert.rule)?.to.length ?? 0) > 0;
  for (const [fingerprint, by] of inhibited(firing, speaks))
    if (!muted.has(fingerprint)) muted.set(fingerprint, { inhibitedBy: by.fingerprint });
  return muted;
}

/** Somebody takes an alert in hand. Told to the channels that know of it, so that their incident says so. */
export function acknowledge(
  desk: Desk,
  { alerts }: AlertState,
  { fingerprint, by, nowMs }: { readonly fingerprint: string; readonly by: string; readonly nowMs: number },
  telling: Telling,
): { readonly desk: Desk; readonly notices: readonly Notice[] } | undefined {
  const alert = alerts[fingerprint];
  if (alert?.phase !== "firing" || alert.episode === undefined) return undefined;
  const acknowledged = { ...desk.acknowledged, [fingerprint]: { by, atMs: nowMs, episode: alert.episode } };
  const notices = Object.entries(desk.told).flatMap(([channel, of]): Notice[] => {
    const one = of[fingerprint];
    if (one === undefined || desk.acknowledged[fingerprint] !== undefined) return [];
    const draft: Draft = { channel, group: one.group, status: "acknowledged", again: false, alerts: [one.alert] };
    return [{ ...noticeOf(draft, { nowMs, telling, told: new Map(Object.entries(of)) }), by }];
  });
  return { desk: { ...desk, acknowledged }, notices };
}

type Draft = {
  readonly channel: string;
  readonly group: string;
  readonly status: Notice["status"];
  readonly again: boolean;
  readonly alerts: NoticeAlert[];
};

function noticeOf(
  { channel, group, status, again, alerts: given }: Draft,
  {
    nowMs,
    telling,
    told,
  }: { readonly nowMs: number; readonly telling: Telling; readonly told: ReadonlyMap<string, Told> | undefined },
): Notice {
  const { product, environment } = telling;
  const alerts = given.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  const own = new Set(alerts.map(({ fingerprint }) => fingerprint));
  const others = [...(told ?? [])].filter(([fingerprint, one]) => one.group === group && !own.has(fingerprint)).length;
  const moments = alerts.flatMap((one) => [one.fingerprint, String(one.firedMs), String(one.resolvedMs ?? "")]);
  const said = again ? [String(nowMs)] : [];
  return {
    id: digestOf(product, environment, channel, group, status, ...moments, ...said),
    channel,
    status,
    again,
    atMs: nowMs,
    group: { key: `${product}/${environment}/${group}`, alert: alerts[0]?.name ?? group, product, environment },
    severity: highest(alerts.map(({ severity }) => severity)),
    alerts,
    others,
  };
}

function noticeAlert(alert: AlertInstance, rule: AlertRule, { product, environment }: Telling): NoticeAlert {
  return {
    fingerprint: alert.fingerprint,
    dedupKey: digestedKey(`${product}/${environment}/${rule.id}`, alert.fingerprint),
    rule: rule.id,
    name: rule.name,
    severity: alert.severity,
    labels: alert.labels,
    value: alert.value,
    summary: alert.summary,
    firedMs: alert.firedMs ?? alert.activeMs,
    ...(rule.owner === undefined ? {} : { owner: rule.owner }),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
  };
}

/** PagerDuty takes 255 characters. */
function digestedKey(prefix: string, fingerprint: string): string {
  const readable = prefix.length <= 200 ? prefix : `${prefix.slice(0, 180)}~${digestOf(prefix)}`;
  return `${readable}/${fingerprint}`;
}

function groupKey(channel: string, group: string): string {
  return `${channel}\0${group}`;
}

const order: readonly Severity[] = ["info", "medium", "warning", "high", "critical"];

function highest(severities: readonly Severity[]): Severity {
  return severities.reduce<Severity>((high, one) => (order.indexOf(one) > order.indexOf(high) ? one : high), "info");
}
