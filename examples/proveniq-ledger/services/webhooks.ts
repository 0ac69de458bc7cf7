import { createHmac, randomBytes } from "node:crypto";
import { call } from "../../shared/call.ts";
import type { Database, Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { type Reader, object, text } from "../../shared/input.ts";
import { errorFields, log } from "../../shared/log.ts";
import { counter } from "../../shared/metrics.ts";
import { inSpan, traceHeaders } from "../../shared/trace.ts";

const delivered = counter("webhook_deliveries_total", "Attempts to deliver.", [{ outcome: "delivered" }, { outcome: "failed" }]);
const tries = 5;

export const newWebhook = object({ url: webAddress() });

/** Partners name the address that we call: on a laptop any, elsewhere only a public one by HTTPS. */
function webAddress(): Reader<string> {
  return (value, problem) => {
    const given = text({ max: 500 })(value, problem);
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const laptop = process.env["GANTRY_ENVIRONMENT"] === "local";
    const inside = /^(localhost|.*\.internal|.*\.local|[\d.]+|\[.*\])$/i.test(url?.hostname ?? "");
    const fits = url && (laptop ? /^https?:$/.test(url.protocol) : url.protocol === "https:" && !inside);
    if (!fits) problem("must be a public address that starts with https://");
    return given;
  };
}

export async function addWebhook(
  queries: Queries,
  partnerId: string,
  url: string,
): Promise<{ id: string; url: string; secret: string }> {
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const row = await queries.row<{ id: string }>(
    "insert into webhooks (partner_id, url, secret) values ($1, $2, $3) returning id",
    [partnerId, url, secret],
  );
  return { id: row?.id ?? "", url, secret };
}

export function listWebhooks(queries: Queries, partnerId: string): Promise<object[]> {
  return queries.rows("select id, url from webhooks where partner_id = $1 order by created_at", [partnerId]);
}

export async function removeWebhook(queries: Queries, partnerId: string, id: string): Promise<void> {
  const gone = await queries.rows("delete from webhooks where partner_id = $1 and id::text = $2 returning id", [partnerId, id]);
  if (gone.length === 0) throw new HttpError(404, "no-webhook", "you have no such webhook");
}

/** Notes, with the change that it tells, what is to be delivered. */
export async function announce(queries: Queries, partnerId: string, event: Readonly<Record<string, string>>): Promise<void> {
  await queries.rows(
    "insert into deliveries (webhook_id, body, traceparent) select id, $2, $3 from webhooks where partner_id = $1",
    [partnerId, JSON.stringify(event), traceHeaders()["traceparent"] ?? null],
  );
}

type Delivery = { id: string; url: string; secret: string; body: object; traceparent: string | null; tries: number };

/** Delivers one of what is due, signed as https://www.standardwebhooks.com asks. Tells whether there was one. */
export async function deliverOne(db: Database): Promise<boolean> {
  const due = await db.row<Delivery>(
    `update deliveries d set tries = d.tries + 1, due_at = now() + interval '1 minute'
     from webhooks w
     where w.id = d.webhook_id and d.id = (
       select id from deliveries where delivered_at is null and given_up_at is null and due_at <= now()
       order by due_at for update skip locked limit 1
     )
     returning d.id, w.url, w.secret, d.body, d.traceparent, d.tries`,
  );
  if (!due) return false;
  await inSpan({ traceparent: due.traceparent ?? undefined }, async () => {
    const reached = await post(due);
    delivered({ outcome: reached ? "delivered" : "failed" });
    const last = due.tries >= tries;
    await db.rows(
      `update deliveries set delivered_at = case when $2 then now() end, given_up_at = case when not $2 and $3 then now() end,
         due_at = now() + interval '1 second' * power(5, $4 - 1) where id = $1`,
      [due.id, reached, last, due.tries],
    );
  });
  return true;
}

async function post({ id, url, secret, body }: Delivery): Promise<boolean> {
  const text = JSON.stringify(body);
  const time = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${time}.${text}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": time,
    "webhook-signature": `v1,${signature}`,
  };
  try {
    return (await call(url, { method: "POST", headers, body: text })).ok;
  } catch (error) {
    log("warn", "a webhook was not delivered", errorFields(error));
    return false;
  }
}
