import type { Grant } from "../../../../api/rights.ts";
import type { TokenRow } from "../../../../store/access-tokens.ts";
import type { Tokens } from "../../tokens.ts";
import { actorOfAsker } from "../asker.ts";
import type { Part } from "../handler.ts";

export function tokenAnswers(
  tokens: Tokens,
): Part<"GET /v1/tokens" | "POST /v1/tokens" | "POST /v1/tokens/{id}/rotate" | "DELETE /v1/tokens/{id}"> {
  return {
    "GET /v1/tokens": async () => ({ items: (await tokens.list()).map(viewOf) }),
    "POST /v1/tokens": async ({ asker, body }) => {
      const { name, subject = name, kind, grants, lastsMs } = body;
      const { token, row } = await tokens.create({ name, subject, kind, grants, forMs: lastsMs, by: actorOfAsker(asker) });
      return { ...viewOf(row), token };
    },
    "POST /v1/tokens/{id}/rotate": async ({ asker, params, body }) => {
      const how = { graceMs: body.graceMs, forMs: body.lastsMs, by: actorOfAsker(asker) };
      const { token, row } = await tokens.rotate(params.id, how);
      return { ...viewOf(row), token };
    },
    "DELETE /v1/tokens/{id}": async ({ asker, params }) => {
      await tokens.revoke(params.id, actorOfAsker(asker));
      return { ok: true };
    },
  };
}

function viewOf({ grants, createdAt, expiresAt, lastUsedAt, revokedAt, oldUntil, ...row }: TokenRow) {
  return {
    ...row,
    grants: grants as readonly Grant[],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(lastUsedAt === null ? {} : { lastUsedAt: lastUsedAt.toISOString() }),
    ...(revokedAt === null ? {} : { revokedAt: revokedAt.toISOString() }),
    ...(oldUntil === null || oldUntil.getTime() < Date.now() ? {} : { oldUntil: oldUntil.toISOString() }),
  };
}
