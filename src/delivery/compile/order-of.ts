import { refName } from "../../spec/derive.ts";
import type { EnvironmentService } from "../../spec/environment.ts";

/** Which services of a release each needs before itself: those it uses, or is told the address of. Two that need each other wait for neither. */
export function orderOf(services: Readonly<Record<string, EnvironmentService>>): Readonly<Record<string, readonly string[]>> {
  const needs = new Map(
    Object.entries(services).map(([name, service]) => [
      name,
      new Set(
        [...(service.uses ?? []), ...Object.values(service.env ?? {})]
          .flatMap((one) => refName(one, "services") ?? [])
          .filter((other) => other !== name && Object.hasOwn(services, other)),
      ),
    ]),
  );
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(needs.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  return Object.fromEntries(
    [...needs].map(([name, others]) => [name, [...others].filter((other) => !reaches(other, name)).toSorted()]),
  );
}
