import { createHash } from "node:crypto";
import { type Address, type Envelope, type Request, headline, within } from "./notice.ts";

// PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview).

const usual = "https://events.pagerduty.com/v2/enqueue";
const mostKey = 255;
const mostSummary = 1_024;
const mostValue = 2_000;

const severities = { critical: "critical", high: "error", warning: "warning", medium: "warning", info: "info" } as const;
const actions = { firing: "trigger", acknowledged: "acknowledge", resolved: "resolve", told: "trigger" } as const;

/** The secret is a routing key, or a URL of another region with the key behind `#`. */
export function pagerDutyRequest({ key }: Address, { notice }: Envelope): Request {
  const [, at, routingKey] = /^(https?:\/\/[^#]+)#(.+)$/.exec(key.trim()) ?? [undefined, usual, key.trim()];
  const details = Object.entries({ ...notice.labels, owner: notice.owner, what: notice.text });
  return {
    url: at ?? usual,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      routing_key: routingKey,
      event_action: actions[notice.status],
      dedup_key: shortKey(notice.dedupKey),
      payload: {
        summary: within(headline(notice), mostSummary),
        source: `${notice.product}/${notice.environment}`,
        severity: severities[notice.severity],
        timestamp: notice.since,
        ...(notice.of === undefined ? {} : { component: notice.of }),
        group: notice.environment,
        class: notice.kind,
        custom_details: Object.fromEntries(
          details.flatMap(([name, value]) => (value === undefined ? [] : [[name, within(value, mostValue)]])),
        ),
      },
      client: "Gantry",
      ...(notice.link === undefined ? {} : { client_url: notice.link }),
      ...(notice.runbook === undefined ? {} : { links: [{ href: notice.runbook, text: "Runbook" }] }),
    }),
  };
}

function shortKey(key: string): string {
  return key.length <= mostKey ? key : createHash("sha256").update(key).digest("hex");
}
