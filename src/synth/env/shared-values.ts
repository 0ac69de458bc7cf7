import type { Environment } from "../../spec/environment.ts";
import { type Variable, variablesOf } from "../variables.ts";

/** The text of a variable where it may be written down; undefined for secrets, and for what is known only later. */
export type TextOf = (variable: Variable) => string | undefined;

/** What all services that know a variable agree on. A value that differs between them has no place in one file for all. */
export function sharedValues(environment: Environment, services: readonly string[], textOf: TextOf): ReadonlyMap<string, string> {
  const values = new Map<string, string | undefined>();
  for (const name of services) {
    const service = environment.services[name];
    if (service === undefined) continue;
    for (const variable of variablesOf(environment, service)) {
      const text = textOf(variable);
      if (text === undefined) continue;
      values.set(variable.name, values.has(variable.name) && values.get(variable.name) !== text ? undefined : text);
    }
  }
  return new Map(
    [...values]
      .flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function secretNames(environment: Environment, services: readonly string[]): readonly string[] {
  const names = services.flatMap((name) => {
    const service = environment.services[name];
    return service === undefined
      ? []
      : variablesOf(environment, service).flatMap((one) => (one.from === "secret" ? [one.name] : []));
  });
  return [...new Set(names)].toSorted();
}
