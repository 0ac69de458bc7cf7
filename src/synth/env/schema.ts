import type { Environment } from "../../spec/environment.ts";

export type Written = {
  readonly environment: Environment;
  readonly values: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
};

/** Which variables each environment's file holds, and what kind of value: what `check-env.sh` holds the files against. */
export function envSchema(written: readonly Written[]): string {
  const kinds = new Map<string, { readonly kind: string; readonly environments: string[] }>();
  const note = (name: string, kind: string, { environment }: Environment) => {
    const key = `${name} ${kind}`;
    const known = kinds.get(key) ?? { kind, environments: [] };
    kinds.set(key, known);
    known.environments.push(environment);
  };
  for (const { environment, values, secrets } of written) {
    for (const name of values.keys()) note(name, kindOf(name, everyValue(name, written)), environment);
    for (const name of secrets) note(name, "secret", environment);
  }
  const lines = [...kinds]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { environments }]) => `${key} ${environments.length === written.length ? "*" : environments.join(" ")}`);
  return ["# name, kind of value, environments (* for all); a secret has no value in any file", ...lines]
    .map((one) => `${one}\n`)
    .join("");
}

function everyValue(name: string, written: readonly Written[]): readonly string[] {
  return written.flatMap(({ values }) => values.get(name) ?? []);
}

function kindOf(name: string, values: readonly string[]): string {
  if (name === "LOG_LEVEL") return "one-of:debug,info,warn,error";
  if (name === "INTEGRATIONS") return "one-of:live,sandbox";
  const all = (pattern: RegExp) => values.every((one) => pattern.test(one));
  if (all(/^(true|false)$/)) return "boolean";
  if (all(/^-?[0-9]+(\.[0-9]+)?$/)) return "number";
  return all(/^[a-z][a-z0-9+.-]*:\/\/[^ ]+$/) ? "url" : "text";
}
