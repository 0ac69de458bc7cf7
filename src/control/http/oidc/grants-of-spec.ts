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

const keptMs = 5_000;

/** What the roles of the specs give to whom, environment by environment: a role gives what it says under `may`. */
export function createGrantsOfSpec(store: Pick<Store, "products" | "environments">, nowMs: () => number) {
  type Line = { readonly member: string; readonly grants: readonly Grant[] };
  let kept: { readonly atMs: number; readonly lines: Promise<readonly Line[]> } | undefined;
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
    if (kept === undefined || nowMs() - kept.atMs > keptMs) kept = { atMs: nowMs(), lines: read() };
    const lines = await kept.lines.catch((error: unknown) => {
      kept = undefined;
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
