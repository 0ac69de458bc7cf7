import type { Environment } from "../../spec/environment.ts";

/** The parts that somebody plays. */
export function rolesOf(environment: Pick<Environment, "roles">, name: string): readonly string[] {
  return Object.entries(environment.roles)
    .filter(([, { members }]) => members.includes(name))
    .map(([role]) => role);
}
