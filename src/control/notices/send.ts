import { Agent, type Dispatcher, request } from "undici";
import { sendEmail } from "./email.ts";
import type { Address, Envelope, Outcome, Request } from "./notice.ts";
import { pagerDutyRequest } from "./pagerduty.ts";
import { PrivateAddressError, isPrivateAddress, lookupPublic } from "./public-address.ts";
import { slackRequest } from "./slack.ts";
import { webhookRequest } from "./webhook.ts";

const timeoutMs = 15_000;
const mostBody = 512 * 1024;
const mostAnswer = 4 * 1024;

export type Sender = { send(to: Address, envelope: Envelope): Promise<Outcome>; close(): Promise<void> };

/** `reach: "public"` never speaks to private addresses; a platform on one's own machine may. */
export function createSender({ reach, nowMs }: { readonly reach: "public" | "any"; readonly nowMs: () => number }): Sender {
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs, ...(reach === "public" ? { lookup: lookupPublic } : {}) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 1_000,
  });
  return {
    async send(to, envelope) {
      if (to.kind === "email") return sendEmail(to, envelope);
      const asked =
        to.kind === "slack"
          ? slackRequest(to, envelope)
          : to.kind === "pagerduty"
            ? pagerDutyRequest(to, envelope)
            : webhookRequest(to, envelope, nowMs());
      if (Buffer.byteLength(asked.body) > mostBody) return { is: "never", why: "it is larger than 512 KB" };
      const refused = refusal(asked.url, reach);
      return refused ?? post(asked, to.kind, dispatcher, nowMs());
    },
    close: () => dispatcher.destroy(),
  };
}

function refusal(text: string, reach: "public" | "any"): Outcome | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { is: "never", why: "it has no URL to send to" };
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && reach === "any"))
    return { is: "never", why: "it is sent over https only" };
  if (reach === "public" && isPrivateAddress(url.hostname)) return { is: "never", why: "its address is a private one" };
  return undefined;
}

async function post(asked: Request, kind: Address["kind"], dispatcher: Dispatcher, nowMs: number): Promise<Outcome> {
  try {
    const { statusCode, headers, body } = await request(asked.url, {
      method: "POST",
      headers: { ...asked.headers, "user-agent": "Gantry" },
      body: asked.body,
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await body.dump({ limit: mostAnswer });
    return outcomeOf(kind, statusCode, waitOf(headers["retry-after"], nowMs));
  } catch (error) {
    if (error instanceof PrivateAddressError) return { is: "never", why: "its address is a private one" };
    const { code, name } = error as { code?: string; name?: string };
    return { is: "again", why: `it cannot be reached (${code ?? name ?? "no reason given"})` };
  }
}

/** A redirect is no answer: whatever is behind it was not what the spec names. */
function outcomeOf(kind: Address["kind"], status: number, afterMs: number | undefined): Outcome {
  const why = `it answered ${status}`;
  if (status >= 200 && status < 300) return { is: "sent" };
  if (status === 429 || status === 408 || status >= 500)
    return { is: "again", why, ...(afterMs === undefined ? {} : { afterMs }) };
  if (status === 410) return { is: "gone", why };
  // A webhook's receiver may be wrong today and right tomorrow; PagerDuty and Slack say with a 4xx that the message is.
  return kind === "webhook" ? { is: "again", why } : { is: "never", why };
}

const mostWaitMs = 3_600_000;

function waitOf(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== "string") return undefined;
  const afterMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(afterMs) && afterMs > 0 ? Math.min(afterMs, mostWaitMs) : undefined;
}
