import type { Grant, Role } from "../../../api/rights.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { Store } from "../../../store/store.ts";

const roleOf: Readonly<Record<string, Role>> = {
  view: "viewer",
  develop: "developer",
  operate: "operator",
  approve: "approver",
  administer: "admin",
};

/**
 * What the roles of the specs give to whom, environment by environment: a role gives what it says under `may`. Read anew when a spec has
 * changed, whichever process has written that: what was taken away is gone at the next question.
 */
export function createGrantsOfSpec(store: Pick<Store, "products" | "environments" | "environmentsVersion">) {
  type Line = { readonly member: string; readonly grants: readonly Grant[] };
  let kept: { readonly version: string; readonly lines: Promise<readonly Line[]> } | undefined;
  const read = async (): Promise<readonly Line[]> => {
    const lines: Line[] = [];
    for (const product of await store.products())
      for (const { name, previewOf, data } of await store.environments(product)) {
        // A preview belongs to what it was taken from.
        if (previewOf !== null) continue;
        for (const { members, may = [] } of Object.values((data as Environment).roles ?? {})) {
          const grants = may.flatMap((word): Grant[] => {
            const role = roleOf[word];
            return role === undefined ? [] : [{ product, environment: name, role }];
          });
          for (const member of members) lines.push({ member, grants });
        }
      }
    return lines;
  };
  return async (name: string): Promise<readonly Grant[]> => {
    const version = await store.environmentsVersion();
    // Asked for before it is read: what changes meanwhile is read again the next time.
    if (kept?.version !== version) kept = { version, lines: read() };
    const mine = kept;
    const lines = await mine.lines.catch((error: unknown) => {
      if (kept === mine) kept = undefined;
      throw error;
    });
    return lines.filter(({ member }) => isMember(member, name)).flatMap(({ grants }) => grants);
  };
}

/** `github:repo:acme/shop:*`: a star at the end, after a part that is whole, stands for whatever comes. */
export function isMember(member: string, name: string): boolean {
  if (/[:/]\*$/.test(member) && member.indexOf("*") === member.length - 1) return name.startsWith(member.slice(0, -1));
  return member === name;
}
