import { isRecord } from "../../../lib/is-record.ts";
import { askIssuer, configurationOf, endpointIn } from "./ask-issuer.ts";
import type { Key } from "./verify.ts";

// The keys of an issuer, fetched from where its configuration says (OpenID Connect Discovery 1.0) and kept for a while.

const keptMs = 3_600_000;
/** Keys change without notice; whoever sends names of keys that do not exist makes us ask no more often than this. */
const againMs = 60_000;
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
  const { keys } = await askIssuer(endpointIn(await configurationOf(issuer), issuer, "jwks_uri"));
  return Array.isArray(keys) ? keys.slice(0, mostKeys).filter((one): one is Key => isRecord(one)) : [];
}
