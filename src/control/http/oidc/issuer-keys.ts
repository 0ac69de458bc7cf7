import { request } from "undici";
import { isRecord } from "../../../lib/is-record.ts";
import type { Key } from "./verify.ts";

// The keys of an issuer, fetched from where its configuration says (OpenID Connect Discovery 1.0) and kept for a while.

const keptMs = 3_600_000;
/** Keys change without notice; whoever sends names of keys that do not exist makes us ask no more often than this. */
const againMs = 60_000;
const timeoutMs = 5_000;
const mostBytes = 256 * 1_024;
const mostKeys = 50;

export type IssuerKeys = {
  /** Those there are; asked for anew where that one is not among them. */
  of(issuer: string, kid: string): Promise<readonly Key[]>;
};

export function createIssuerKeys(nowMs: () => number, onError: (error: unknown) => void): IssuerKeys {
  const kept = new Map<string, { readonly keys: readonly Key[]; readonly atMs: number }>();
  const asking = new Map<string, Promise<readonly Key[]>>();
  const fetched = async (issuer: string): Promise<readonly Key[]> => {
    const before = kept.get(issuer)?.keys ?? [];
    try {
      const keys = await fetchKeys(issuer);
      kept.set(issuer, { keys, atMs: nowMs() });
      return keys;
    } catch (error) {
      onError(error);
      kept.set(issuer, { keys: before, atMs: nowMs() });
      return before;
    }
  };
  return {
    async of(issuer, kid) {
      const found = kept.get(issuer);
      const ageMs = nowMs() - (found?.atMs ?? -Infinity);
      const isKnown = found?.keys.some((key) => key.kid === kid) === true;
      if (found !== undefined && ageMs < (isKnown ? keptMs : againMs)) return found.keys;
      const mine = asking.get(issuer) ?? fetched(issuer).finally(() => asking.delete(issuer));
      asking.set(issuer, mine);
      return mine;
    },
  };
}

async function fetchKeys(issuer: string): Promise<readonly Key[]> {
  const base = issuer.replace(/\/$/, "");
  const configuration = await fetchJson(`${base}/.well-known/openid-configuration`);
  const { issuer: said, jwks_uri: at } = configuration;
  if (said !== issuer || typeof at !== "string") throw new Error(`${issuer} does not say where its keys are`);
  // An issuer that is asked over TLS does not send us elsewhere without it.
  if (new URL(at).protocol !== new URL(issuer).protocol) throw new Error(`${issuer} says that its keys are at ${at}`);
  const { keys } = await fetchJson(at);
  return Array.isArray(keys) ? keys.slice(0, mostKeys).filter((one): one is Key => isRecord(one)) : [];
}

async function fetchJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  const { statusCode, body } = await request(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: "application/json" },
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Error(`${url} answers with more than can be keys`);
    chunks.push(chunk as Buffer);
  }
  const value: unknown = statusCode === 200 ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : undefined;
  if (!isRecord(value)) throw new Error(`${url} answers ${statusCode}, and not as an issuer does`);
  return value;
}
