import type { Grant } from "../../../api/rights.ts";
import type { Asker } from "../api/asker.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { claimsOf, partsOf } from "./verify.ts";

/** Who may vouch for pipelines, by what their names begin with. */
export const usualIssuers: Readonly<Record<string, string>> = {
  github: "https://token.actions.githubusercontent.com",
  gitlab: "https://gitlab.com",
};

export type PipelineParts = {
  readonly issuers: Readonly<Record<string, string>>;
  readonly audience: string;
  readonly keys: IssuerKeys;
  readonly grantsOf: (name: string) => Promise<readonly Grant[]>;
  readonly nowMs: () => number;
};

/** A pipeline by its forge's token: `github:repo:acme/shop:environment:prod`, with what the roles of the spec give to that. */
export function createPipelines({ issuers, audience, keys, grantsOf, nowMs }: PipelineParts) {
  return async (token: string): Promise<Asker | undefined> => {
    const parts = partsOf(token);
    const said = Object.entries(issuers).find(([, issuer]) => issuer === parts?.payload["iss"]);
    if (parts === undefined || said === undefined) return undefined;
    const [forge, issuer] = said;
    const claims = claimsOf(parts, { issuer, audience, keys: await keys.of(issuer, parts.kid), nowMs: nowMs() });
    if (claims === undefined) return undefined;
    const name = `${forge}:${claims.subject}`;
    const expiresAt = new Date(claims.expiresAtMs);
    return { id: name.slice(0, 200), name, kind: "ci", by: "oidc", grants: await grantsOf(name), owner: false, expiresAt };
  };
}
