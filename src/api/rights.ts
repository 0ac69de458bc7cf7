// Who may do what: a role gives rights, a grant gives a role in an environment.

export const roles = ["viewer", "developer", "operator", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

export const rights = ["read", "release", "operate", "approve", "administer"] as const;
/**
 * read: see what runs, and what was measured. release: begin releases, make previews. operate: hold, take back, restart, silence, freeze.
 * approve: say yes or no where a role of the spec is asked. administer: tokens, and whatever cannot be taken back.
 */
export type Right = (typeof rights)[number];

const given: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ["read"],
  developer: ["read", "release"],
  operator: ["read", "release", "operate"],
  approver: ["read", "approve"],
  admin: rights,
};

/** `*` is all of them. A preview belongs to the environment that it was taken from. */
export type Grant = { readonly product: string; readonly environment: string; readonly role: Role };

export type Where = { readonly product?: string | undefined; readonly environment?: string | undefined };

export function rightsOf(role: Role): readonly Right[] {
  return given[role];
}

/** Why something is refused, or not offered: "it takes the right to operate, which operator and admin have". */
export function takesText(right: Right): string {
  return `it takes the right to ${right}, which ${roles.filter((role) => rightsOf(role).includes(right)).join(" and ")} have`;
}

/** What is not of one environment wants the right in all of them; `read` of a product, in one of them. */
export function allows(grants: readonly Grant[], right: Right, { product, environment }: Where): boolean {
  return grants.some(
    (grant) =>
      rightsOf(grant.role).includes(right) &&
      (grant.product === "*" || grant.product === product) &&
      (grant.environment === "*" || isOf(environment, grant.environment)),
  );
}

/** Whether anything of a product may be seen. */
export function seesProduct(grants: readonly Grant[], product: string): boolean {
  return grants.some((grant) => grant.product === "*" || grant.product === product);
}

/** `dev.pr-42` is of `dev`. */
function isOf(environment: string | undefined, granted: string): boolean {
  return environment !== undefined && (environment === granted || environment.startsWith(`${granted}.`));
}
