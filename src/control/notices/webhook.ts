import { createHmac } from "node:crypto";
import { type Address, type Envelope, type Request } from "./notice.ts";

// Standard Webhooks (https://www.standardwebhooks.com): an ID that stays, a time, a signature for each key.

const prefix = "whsec_";

/** The secret holds the signing keys; several while one takes another's place. `nowMs` is when it is sent, not when it came up. */
export function webhookRequest({ address, key }: Address, { id, notice }: Envelope, nowMs: number): Request {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const { schemaVersion: _, ...data } = notice;
  const body = JSON.stringify({ type: `${notice.kind}.${notice.moment ?? notice.status}`, timestamp: notice.since, data });
  const signatures = key
    .split(/\s+/)
    .filter((one) => one !== "")
    .map((one) => `v1,${createHmac("sha256", bytesOf(one)).update(`${id}.${timestamp}.${body}`).digest("base64")}`);
  return {
    url: address,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signatures.join(" "),
    },
    body,
  };
}

function bytesOf(key: string): Buffer {
  return key.startsWith(prefix) ? Buffer.from(key.slice(prefix.length), "base64") : Buffer.from(key, "utf8");
}
