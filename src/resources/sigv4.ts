import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ResourcePrincipal } from "../wire/resources.ts";
import { Fault } from "./fault.ts";
import { isSame } from "./principals.ts";

// AWS Signature Version 4, the side that verifies.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html

export type SignedRequest = {
  readonly method: string;
  /** As it came, not decoded. */
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
};

export type Signature = {
  readonly principal: ResourcePrincipal;
  /** What the signature says about the body: its SHA-256, `UNSIGNED-PAYLOAD`, or how its chunks are signed. */
  readonly payload: string;
  /** With what the chunks of a body are signed on. */
  readonly chunks: { readonly key: Buffer; readonly scope: string; readonly time: string; readonly seed: string };
};

export type VerifyOptions = {
  readonly service: "s3" | "sqs" | "kms";
  readonly now: number;
  readonly principalOf: (accessKeyId: string) => ResourcePrincipal | undefined;
  /** The SHA-256 of the body, where it does not come in a header. */
  readonly bodyHash?: string;
};

const skewMs = 15 * 60_000;
const longestExpirySeconds = 7 * 86_400;

export function verifySignature(request: SignedRequest, options: VerifyOptions): Signature {
  const query = parseQuery(request.query);
  const presigned = query.some(([name]) => name === "X-Amz-Signature");
  const claim = presigned ? claimOfQuery(query) : claimOfHeader(request.headers);
  const [accessKeyId, date, region, service, end] = claim.credential;
  if (end !== "aws4_request" || service !== options.service || date === undefined || region === undefined)
    throw malformed("the credential's scope is none of this service");
  const principal = options.principalOf(accessKeyId ?? "");
  if (!principal) throw new Fault("InvalidAccessKeyId", 403, "no service of this machine has this access key");

  const at = timeOf(claim.time);
  if (Number.isNaN(at) || !claim.time.startsWith(date))
    throw malformed("the date is none, or not the one of the credential's scope");
  if (claim.expiresSeconds === undefined ? Math.abs(options.now - at) > skewMs : at - options.now > skewMs)
    throw new Fault("RequestTimeTooSkewed", 403, "the request's time and this machine's are too far apart");
  if (claim.expiresSeconds !== undefined && options.now > at + claim.expiresSeconds * 1_000)
    throw new Fault("AccessDenied", 403, "Request has expired");

  refuseUnsigned(request.headers, claim.signedHeaders);
  const payload = presigned
    ? (new Map(query).get("X-Amz-Content-Sha256") ?? single(request.headers["x-amz-content-sha256"]) ?? "UNSIGNED-PAYLOAD")
    : (single(request.headers["x-amz-content-sha256"]) ?? options.bodyHash);
  if (payload === undefined) throw new Fault("MissingSecurityHeader", 400, "x-amz-content-sha256 is missing");

  const canonical = [
    request.method,
    canonicalPath(request.path, options.service),
    canonicalQuery(query),
    ...claim.signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}`),
    "",
    claim.signedHeaders.join(";"),
    payload,
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = signingKey(principal.secretKey, date, region, service);
  const text = ["AWS4-HMAC-SHA256", claim.time, scope, sha256(canonical)].join("\n");
  if (!isSame(hmac(key, text).toString("hex"), claim.signature))
    throw new Fault("SignatureDoesNotMatch", 403, "the signature is not the one that this request and its key give");
  return { principal, payload, chunks: { key, scope, time: claim.time, seed: claim.signature } };
}

type Claim = {
  readonly credential: readonly string[];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  readonly expiresSeconds?: number;
};

function claimOfHeader(headers: IncomingHttpHeaders): Claim {
  const { authorization } = headers;
  if (authorization === undefined) throw new Fault("AccessDenied", 403, "the request is not signed");
  if (!authorization.startsWith("AWS4-HMAC-SHA256 ")) throw malformed("only AWS4-HMAC-SHA256 is understood");
  const parts = new Map(
    authorization
      .slice("AWS4-HMAC-SHA256 ".length)
      .split(",")
      .map((part) => {
        const at = part.indexOf("=");
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
      }),
  );
  return claimOf(
    parts.get("Credential"),
    parts.get("SignedHeaders"),
    parts.get("Signature"),
    single(headers["x-amz-date"]) ?? isoOf(headers.date),
  );
}

function claimOfQuery(query: readonly (readonly [string, string])[]): Claim {
  const values = new Map(query);
  if (
    values.size < query.length &&
    query.filter(([name]) => name.startsWith("X-Amz-")).length !==
      [...values.keys()].filter((name) => name.startsWith("X-Amz-")).length
  )
    throw malformed("a part of the signature stands twice");
  if (values.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") throw malformed("only AWS4-HMAC-SHA256 is understood");
  const expires = values.get("X-Amz-Expires") ?? "";
  if (!/^\d{1,6}$/.test(expires) || Number(expires) > longestExpirySeconds || Number(expires) < 1)
    throw malformed("X-Amz-Expires must be from 1 to 604800 seconds");
  const claim = claimOf(
    values.get("X-Amz-Credential"),
    values.get("X-Amz-SignedHeaders"),
    values.get("X-Amz-Signature"),
    values.get("X-Amz-Date"),
  );
  return { ...claim, expiresSeconds: Number(expires) };
}

function claimOf(credential?: string, signedHeaders?: string, signature?: string, time?: string): Claim {
  if (credential === undefined || signedHeaders === undefined || signature === undefined || time === undefined)
    throw malformed("a part of the signature is missing");
  const names = signedHeaders.split(";");
  if (!names.includes("host") || names.some((name) => !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)))
    throw malformed("the signed headers must be lower case and have host among them");
  return { credential: credential.split("/"), signedHeaders: names, signature, time };
}

/** A header that the service acts on and the signer did not sign may be somebody else's. */
function refuseUnsigned(headers: IncomingHttpHeaders, signed: readonly string[]): void {
  const unsigned = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signed.includes(name));
  if (unsigned.length > 0)
    throw new Fault("AccessDenied", 403, "There were headers present in the request which were not signed");
}

function canonicalPath(path: string, service: string): string {
  // S3 encodes once, the others encode what is encoded already.
  return path
    .split("/")
    .map((segment) => encode(service === "s3" ? decoded(segment) : segment))
    .join("/");
}

function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  return query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A query in which `+` is a plus. */
export function parseQuery(query: string): (readonly [string, string])[] {
  if (query === "") return [];
  return query
    .split("&")
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [decoded(part), ""] : [decoded(part.slice(0, at)), decoded(part.slice(at + 1))];
    });
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Fault("InvalidURI", 400, "the address is not encoded as UTF-8");
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.join(",") : (value ?? "")).trim().replace(/ +/g, " ");
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function timeOf(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function isoOf(date: string | undefined): string | undefined {
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}

function malformed(what: string): Fault {
  return new Fault("AuthorizationHeaderMalformed", 400, what);
}

function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return [date, region, service, "aws4_request"].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`, "utf8"));
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
