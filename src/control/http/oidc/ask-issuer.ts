import { request } from "undici";
import { isRecord } from "../../../lib/is-record.ts";

// What an issuer is asked: its configuration (OpenID Connect Discovery 1.0), and what that leads to. Bounded in time and size, and no redirect is followed.

const timeoutMs = 5_000;
const mostBytes = 256 * 1_024;

export type Json = Readonly<Record<string, unknown>>;

export type Asking = { readonly form?: URLSearchParams; readonly headers?: Readonly<Record<string, string>> };

/** It answered, and not with what was asked for. */
export class IssuerSaysNo extends Error {
  /** One of those that RFC 6749 has, where it is one. */
  readonly error: string | undefined;

  constructor(message: string, error: string | undefined) {
    super(message);
    this.error = error;
  }
}

export async function askIssuer(url: string, { form, headers = {} }: Asking = {}): Promise<Json> {
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      accept: "application/json",
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...headers,
    },
    ...(form === undefined ? {} : { method: "POST", body: form.toString() }),
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error(`${url} answers with more than an issuer does`);
    chunks.push(chunk as Buffer);
  }
  const value = parsed(Buffer.concat(chunks).toString("utf8"));
  if (statusCode === 200 && isRecord(value)) return value;
  const error = isRecord(value) && typeof value["error"] === "string" ? value["error"] : undefined;
  const known = error !== undefined && /^[a-z_]{1,60}$/.test(error) ? error : undefined;
  throw new IssuerSaysNo(
    `${url} answers ${statusCode}${known === undefined ? ", and not as an issuer does" : `: ${known}`}`,
    known,
  );
}

export async function configurationOf(issuer: string): Promise<Json> {
  const configuration = await askIssuer(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (configuration["issuer"] !== issuer) throw new Error(`what is at ${issuer} says that it is another issuer`);
  return configuration;
}

/** An issuer that is asked over TLS does not send us elsewhere without it. */
export function endpointIn(configuration: Json, issuer: string, name: string): string {
  const at = configuration[name];
  if (typeof at !== "string" || !URL.canParse(at)) throw new Error(`${issuer} does not say where its ${name} is`);
  if (new URL(at).protocol !== new URL(issuer).protocol) throw new Error(`${issuer} says that its ${name} is ${at}`);
  return at;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
