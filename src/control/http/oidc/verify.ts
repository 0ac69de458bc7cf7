import { type JsonWebKey, type KeyObject, createPublicKey, verify } from "node:crypto";
import { isRecord } from "../../../lib/is-record.ts";

// What a pipeline shows of itself, or an issuer says of a person: a JWT that it signed (RFC 7519, RFC 8725).
//
// 1. The algorithm is one of two, and the key has to be of its kind: nobody chooses a weaker one by what the token says of itself.
// 2. Nothing of the payload is believed before the signature holds, but whose key to take.

export type Key = JsonWebKey & { readonly kid?: string; readonly use?: string; readonly alg?: string };

export type Claims = {
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAtMs: number;
  /** All that it says. */
  readonly payload: Readonly<Record<string, unknown>>;
};

export type Asked = {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: readonly Key[];
  readonly nowMs: number;
};

const mostLength = 8_192;
const skewMs = 60_000;
/** A token that says it is good for longer is none that a pipeline gets, or that says who logs in. */
const longestMs = 24 * 3_600_000;
const kinds = { RS256: "RSA", ES256: "EC" } as const;

export type Parts = {
  readonly algorithm: keyof typeof kinds;
  readonly kid: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
};

/** What it says, which is not yet known to be true; nothing where it has not the form. */
export function partsOf(token: string): Parts | undefined {
  if (token.length > mostLength) return undefined;
  const parts = token.split(".");
  const [head = "", body = "", sign = ""] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return undefined;
  const [header, payload] = [json(head), json(body)];
  if (header === undefined || payload === undefined) return undefined;
  const { alg, kid, crit } = header;
  // What it would have us understand, we do not.
  if ((alg !== "RS256" && alg !== "ES256") || typeof kid !== "string" || kid === "" || crit !== undefined) return undefined;
  return { algorithm: alg, kid, payload, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(sign, "base64url") };
}

export function claimsOf(parts: Parts, { issuer, audience, keys, nowMs }: Asked): Claims | undefined {
  const { algorithm, kid, payload, signed, signature } = parts;
  const fitting = keys.filter(
    (one) =>
      one.kid === kid &&
      one.kty === kinds[algorithm] &&
      (one.use === undefined || one.use === "sig") &&
      (one.alg === undefined || one.alg === algorithm),
  );
  const key = fitting.length === 1 ? publicKey(fitting[0], algorithm) : undefined;
  if (key === undefined || !verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature)) return undefined;
  const { iss, aud, exp, nbf, iat, sub } = payload;
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (iss !== issuer || !audiences.includes(audience)) return undefined;
  if (typeof exp !== "number" || typeof iat !== "number" || typeof sub !== "string" || sub === "" || sub.length > 500)
    return undefined;
  const isNow = exp * 1_000 > nowMs - skewMs && iat * 1_000 <= nowMs + skewMs;
  const hasBegun = nbf === undefined || (typeof nbf === "number" && nbf * 1_000 <= nowMs + skewMs);
  if (!isNow || !hasBegun || (exp - iat) * 1_000 > longestMs) return undefined;
  return { issuer, subject: sub, expiresAtMs: exp * 1_000, payload };
}

function publicKey(jwk: Key | undefined, algorithm: Parts["algorithm"]): KeyObject | undefined {
  try {
    // Only what is public of it: a set that holds a private key by mistake is no reason to use that.
    const { kty, n, e, crv, x, y } = jwk ?? {};
    const one = algorithm === "RS256" ? { kty, n, e } : { kty, crv, x, y };
    const key = createPublicKey({ key: one as JsonWebKey, format: "jwk" });
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    return (algorithm === "RS256" ? modulusLength >= 2_048 : namedCurve === "prime256v1") ? key : undefined;
  } catch {
    return undefined;
  }
}

function json(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
