import { type Address, type Envelope, type Request, headline, linkText, within } from "./notice.ts";

// Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).

const mostHeader = 150;
const mostSection = 3_000;

const quiet = { resolved: "🟢", acknowledged: "👀", told: "🔵" } as const;
const signs = { critical: "🔴", high: "🟠", warning: "🟡", medium: "🟡", info: "🔵" } as const;

/** The secret is the webhook's URL. */
export function slackRequest({ key }: Address, { notice }: Envelope): Request {
  const sign = notice.status === "firing" ? signs[notice.severity] : quiet[notice.status];
  const facts = [
    `*Severity* ${escaped(notice.severity)}`,
    ...(notice.of === undefined ? [] : [`*About* ${escaped(notice.of)}`]),
    ...(notice.owner === undefined ? [] : [`*Owner* ${escaped(notice.owner)}`]),
    `*Since* ${notice.since}`,
    ...(notice.until === undefined ? [] : [`*Until* ${notice.until}`]),
    ...(notice.runbook === undefined ? [] : [`*Runbook* ${escaped(notice.runbook)}`]),
    ...(notice.link === undefined ? [] : [`<${escaped(notice.link)}|${linkText(notice)}>`]),
  ];
  const title = headline(notice);
  return {
    url: key.trim(),
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      text: escaped(within(title, mostSection)),
      blocks: [
        { type: "header", text: { type: "plain_text", text: within(`${sign} ${title}`, mostHeader), emoji: true } },
        { type: "section", text: { type: "mrkdwn", text: cutWhole(escaped(notice.text === "" ? title : notice.text)) } },
        { type: "context", elements: [{ type: "mrkdwn", text: cutWhole(facts.join(" · ")) }] },
      ],
    }),
  };
}

/** Slack reads these three; the rest is text. */
function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Cut without leaving half an escape behind. */
function cutWhole(text: string): string {
  return text.length <= mostSection ? text : `${text.slice(0, mostSection - 8).replace(/&[a-z]*$|<[^>]*$/, "")}…`;
}
