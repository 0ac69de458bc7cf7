import { createHash, randomBytes } from "node:crypto";
import type { Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import type { Request } from "../../shared/router.ts";
import { setBaggage } from "../../shared/trace.ts";

export type Partner = { readonly id: string; readonly name: string; readonly demo: boolean };

const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();

/** Makes a partner with ten claims to try things on. The key is told once and kept nowhere. */
export async function provisionPartner(
  queries: Queries,
  { name, demo }: { readonly name: string; readonly demo: boolean },
): Promise<{ partnerId: string; apiKey: string }> {
  const apiKey = `plk_${randomBytes(24).toString("base64url")}`;
  const made = await queries.row<{ id: string }>("insert into partners (name, key_hash, demo) values ($1, $2, $3) returning id", [
    name,
    hashOf(apiKey),
    demo,
  ]);
  if (!made) throw new Error("no partner came back");
  await addSampleClaims(queries, made.id);
  return { partnerId: made.id, apiKey };
}

/** Who bears this key? */
export async function partnerOf(queries: Queries, request: Request): Promise<Partner> {
  const [, bearer] = /^Bearer (\S+)$/.exec(request.header("authorization") ?? "") ?? [];
  const key = bearer ?? request.header("x-api-key");
  if (!key) throw new HttpError(401, "no-key", "send your API key: authorization: Bearer <key>");
  const partner = await queries.row<Partner>("select id, name, demo from partners where key_hash = $1", [hashOf(key)]);
  if (!partner) throw new HttpError(401, "unknown-key", "this API key is not known");
  setBaggage({ partner_id: partner.id });
  return partner;
}

/** Ten made-up claims, always the same ones. */
export async function addSampleClaims(queries: Queries, partnerId: string): Promise<void> {
  await queries.rows(
    `with filed as (
       insert into claims (partner_id, item, description, happened_on, amount_cents)
       select $1, (array['watch', 'painting', 'bicycle', 'camera', 'ring'])[1 + n % 5], 'made up for trying things out',
              date '2024-12-01' + n, 10000 * (n + 1)
       from generate_series(0, 9) as n
       returning id, amount_cents
     )
     insert into entries (claim_id, kind, amount_cents) select id, 'filed', amount_cents from filed`,
    [partnerId],
  );
}

/** Forgets everything that a partner filed. */
export async function clearPartner(queries: Queries, partnerId: string): Promise<number> {
  const gone = await queries.rows("delete from claims where partner_id = $1 returning id", [partnerId]);
  return gone.length;
}
