import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Database } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { counter } from "../../shared/metrics.ts";
import type { Request } from "../../shared/router.ts";
import { setBaggage } from "../../shared/trace.ts";

export type Session = { readonly userId: string; readonly tenantId: string };

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const failed = counter("failed_logins_total", "Sign-ins with a wrong password or name.", [{}]);
const lifeSeconds = 3_600;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString("base64")}.${(await derive(password, salt, 32)).toString("base64")}`;
}

export async function signIn(db: Database, email: string, password: string): Promise<Session> {
  const found = await db.row<{ userId: string; tenantId: string; hash: string }>(
    `select user_id as "userId", tenant_id as "tenantId", password_hash as hash from find_login($1)`,
    [email.toLowerCase()],
  );
  // Somebody who is not there takes as long to refuse as somebody who is.
  const [salt = "", wanted = ""] = (found?.hash ?? `${"A".repeat(24)}.${"A".repeat(44)}`).split(".");
  const given = await derive(password, Buffer.from(salt, "base64"), 32);
  const right = Buffer.from(wanted, "base64");
  if (!found || right.length !== given.length || !timingSafeEqual(right, given)) {
    failed();
    throw new HttpError(401, "no-login", "the name or the password is wrong");
  }
  return { userId: found.userId, tenantId: found.tenantId };
}

/** JWT_KEYS holds keys, separated by commas, newest first: sessions under an older one stay good while keys rotate. */
function keys(): readonly string[] {
  const all = (process.env["JWT_KEYS"] ?? "").split(",").filter((key) => key.length > 0);
  if (all.length === 0) throw new HttpError(503, "no-keys", "there are no keys for sessions here");
  return all;
}

/** A signed token (RFC 7519, HS256). */
export function tokenFor({ userId, tenantId }: Session, now = Date.now()): string {
  const [key = ""] = keys();
  const head = encode({ alg: "HS256", typ: "JWT" });
  const body = encode({ sub: userId, tenant_id: tenantId, exp: Math.floor(now / 1_000) + lifeSeconds });
  return `${head}.${body}.${sign(key, `${head}.${body}`)}`;
}

export function sessionOf(request: Request, now = Date.now()): Session {
  const [, token = ""] = /^Bearer (\S+)$/.exec(request.header("authorization") ?? "") ?? [];
  const [head = "", body = "", signature = ""] = token.split(".");
  const given = Buffer.from(signature);
  const right = keys().some((key) => {
    const wanted = Buffer.from(sign(key, `${head}.${body}`));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
  // The head is never asked which algorithm it would like.
  if (!right) throw new HttpError(401, "no-session", "sign in first: POST /api/v1/sessions");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as { sub: string; tenant_id: string; exp: number };
  if (claims.exp * 1_000 < now) throw new HttpError(401, "session-over", "this session is over: sign in again");
  setBaggage({ uid: claims.sub, tenant_id: claims.tenant_id });
  return { userId: claims.sub, tenantId: claims.tenant_id };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
