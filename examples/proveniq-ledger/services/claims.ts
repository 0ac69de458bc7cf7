import type { Database, Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { type Read, day, integer, object, oneOf, optional, read, text, uuid } from "../../shared/input.ts";
import { currentTrace } from "../../shared/trace.ts";
import { announce } from "./webhooks.ts";

export type Claim = {
  readonly id: string;
  readonly number: number;
  readonly item: string;
  readonly description: string;
  readonly happenedOn: string;
  readonly amountCents: number;
  readonly state: "open" | "assessed" | "settled" | "rejected";
  readonly verdict: string | null;
};

const columns = `id, number::int, item, description, happened_on::text as "happenedOn", amount_cents as "amountCents", state, verdict`;

export const newClaim = object({
  item: text({ max: 200 }),
  description: optional(text({ min: 0, max: 5_000 })),
  happenedOn: day(),
  amountCents: integer({ min: 1, max: 1_000_000_00 }),
});
export const decision = object({ decision: oneOf("settled", "rejected"), amountCents: optional(integer({ min: 1 })) });

export async function fileClaim(db: Database, partnerId: string, claim: Read<typeof newClaim>): Promise<Claim> {
  return db.transaction(async (queries) => {
    const filed = await queries.row<Claim>(
      `insert into claims (partner_id, item, description, happened_on, amount_cents) values ($1, $2, $3, $4, $5) returning ${columns}`,
      [partnerId, claim.item, claim.description ?? "", claim.happenedOn, claim.amountCents],
    );
    if (!filed) throw new Error("no claim came back");
    await enter(queries, filed.id, "filed", filed.amountCents);
    await announce(queries, partnerId, { type: "claim.filed", claim: filed.id });
    return filed;
  });
}

export async function listClaims(
  queries: Queries,
  partnerId: string,
  query: URLSearchParams,
): Promise<{ claims: Claim[]; next: number | null }> {
  const wanted = { state: query.get("state") ?? undefined, after: whole(query, "after"), limit: whole(query, "limit") };
  const shape = object({
    state: optional(oneOf("open", "assessed", "settled", "rejected")),
    after: optional(integer()),
    limit: optional(integer({ min: 1, max: 100 })),
  });
  const { state, after = 0, limit = 50 } = read(shape, wanted, "query");
  const claims = await queries.rows<Claim>(
    `select ${columns} from claims
     where partner_id = $1 and number > $2 and ($3::text is null or state = $3)
     order by number limit $4`,
    [partnerId, after, state ?? null, limit],
  );
  return { claims, next: claims.length === limit ? (claims.at(-1)?.number ?? null) : null };
}

export async function claimOf(queries: Queries, partnerId: string, id: string, lock = ""): Promise<Claim> {
  read(uuid(), id, "id");
  const claim = await queries.row<Claim>(`select ${columns} from claims where id = $1 and partner_id = $2 ${lock}`, [
    id,
    partnerId,
  ]);
  if (!claim) throw new HttpError(404, "no-claim", "you have no such claim");
  return claim;
}

export function entriesOf(queries: Queries, claimId: string): Promise<object[]> {
  return queries.rows(`select kind, amount_cents as "amountCents", at from entries where claim_id = $1 order by id`, [claimId]);
}

/** A claim goes on only from where it is: two who decide at once cannot both be right. */
export function changeClaim(
  db: Database,
  partnerId: string,
  id: string,
  change: (claim: Claim) => {
    readonly state: "assessed" | "settled" | "rejected";
    readonly amountCents?: number | undefined;
    readonly verdict?: string;
  },
): Promise<Claim> {
  return db.transaction(async (queries) => {
    const before = await claimOf(queries, partnerId, id, "for update");
    if (before.state === "settled" || before.state === "rejected")
      throw new HttpError(409, "decided", `this claim is ${before.state} already`);
    const { state, amountCents, verdict } = change(before);
    const after = await queries.row<Claim>(
      `update claims set state = $2, verdict = coalesce($3, verdict) where id = $1 returning ${columns}`,
      [id, state, verdict ?? null],
    );
    await enter(queries, id, state, amountCents ?? null);
    await announce(queries, partnerId, { type: `claim.${state}`, claim: id });
    return after ?? before;
  });
}

export async function enter(queries: Queries, claimId: string, kind: string, amountCents: number | null = null): Promise<void> {
  await queries.rows("insert into entries (claim_id, kind, amount_cents, trace_id) values ($1, $2, $3, $4)", [
    claimId,
    kind,
    amountCents,
    currentTrace()?.traceId ?? null,
  ]);
}

function whole(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  return value === null ? undefined : Number(value);
}
