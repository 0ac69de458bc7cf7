import type { Notice as Wanted, NoticeAlert } from "../../signals/alerts/desk.ts";
import type { NewNotice } from "../../store/notices.ts";
import type { Address, Notice } from "../notices/notice.ts";

const mostLines = 20;

/**
 * What goes into the outbox. An incident is opened and closed for each alert; people read one message for all of a group.
 * `open` says of a channel whether it leads anywhere from here.
 */
export function outboxOf(wanted: Wanted, kind: Address["kind"], open: boolean): readonly NewNotice[] {
  const parts = kind === "pagerduty" ? wanted.alerts.map((one) => [one]) : [wanted.alerts];
  return parts.flatMap((alerts) => {
    const [first] = alerts;
    if (first === undefined) return [];
    const dedupKey = kind === "pagerduty" ? first.dedupKey : wanted.group.key;
    const once = kind === "pagerduty" ? `${wanted.id}/${first.fingerprint}` : wanted.id;
    return [{ channel: wanted.channel, dedupKey, once, body: noticeOf(wanted, alerts, first, dedupKey), kept: !open }];
  });
}

function noticeOf(wanted: Wanted, alerts: readonly NoticeAlert[], first: NoticeAlert, dedupKey: string): Notice {
  const { product, environment } = wanted.group;
  const many = alerts.length > 1 ? ` (${alerts.length})` : "";
  const lines = alerts.slice(0, mostLines).map((one) => (one.summary === "" ? one.name : one.summary));
  const left = alerts.length - lines.length + wanted.others;
  const { alertname: _, severity: __, ...labels } = first.labels;
  const of = alerts.length === 1 ? labels["service"] : undefined;
  const until = alerts.every((one) => one.resolvedMs !== undefined)
    ? Math.max(...alerts.map((one) => one.resolvedMs ?? 0))
    : undefined;
  return {
    schemaVersion: 1,
    product,
    environment,
    kind: "alert",
    status: wanted.status,
    dedupKey,
    title: `${wanted.group.alert}${many}${wanted.again ? ", still" : ""}`,
    text: [
      ...lines,
      ...(wanted.by === undefined ? [] : [`${wanted.by} has it in hand`]),
      ...(left > 0 ? [`and ${left} more`] : []),
    ].join("\n"),
    severity: wanted.severity,
    since: new Date(Math.min(...alerts.map((one) => one.firedMs))).toISOString(),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...(of === undefined ? {} : { of }),
    ...(first.owner === undefined ? {} : { owner: first.owner }),
    ...(first.runbook === undefined ? {} : { runbook: first.runbook }),
    labels: alerts.length === 1 ? labels : {},
  };
}
