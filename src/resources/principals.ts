import { createHash, timingSafeEqual } from "node:crypto";
import type { ResourceAccess, ResourceKind, ResourcePrincipal, ResourceServerConfig } from "../wire/resources.ts";

export type Principals = {
  readonly byAccessKey: (accessKeyId: string) => ResourcePrincipal | undefined;
  /** `<accessKeyId>.<secretKey>` of an `Authorization: Bearer`. */
  readonly byToken: (authorization: string | undefined) => ResourcePrincipal | undefined;
  readonly byPassword: (accessKeyId: string, secretKey: string) => ResourcePrincipal | undefined;
  readonly isAdmin: (authorization: string | undefined) => boolean;
};

export function createPrincipals(config: ResourceServerConfig): Principals {
  const all = new Map(config.principals.map((principal) => [principal.accessKeyId, principal]));

  function byPassword(accessKeyId: string, secretKey: string): ResourcePrincipal | undefined {
    const principal = all.get(accessKeyId);
    return principal && isSame(principal.secretKey, secretKey) ? principal : undefined;
  }

  return {
    byAccessKey: (accessKeyId) => all.get(accessKeyId),
    byPassword,
    byToken: (authorization) => {
      const [, accessKeyId, secretKey] = /^Bearer ([A-Za-z0-9_-]+)\.(\S+)$/i.exec(authorization ?? "") ?? [];
      return accessKeyId === undefined || secretKey === undefined ? undefined : byPassword(accessKeyId, secretKey);
    },
    isAdmin: (authorization) => {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
      return token !== undefined && isSame(config.adminToken, token);
    },
  };
}

/** Whether a service may use something in this way; without an access, whether it may use it at all. */
export function mayUse(principal: ResourcePrincipal, kind: ResourceKind, name: string, access?: ResourceAccess): boolean {
  return principal.grants.some(
    (grant) => grant.kind === kind && grant.resource === name && (access === undefined || grant.access.includes(access)),
  );
}

/** Compares secrets in a time that says nothing about them. */
export function isSame(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
