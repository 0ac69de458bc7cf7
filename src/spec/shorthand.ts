import type { Collection } from "./node.ts";

// A spec may say `health: "/health"`; the data always says `health: { path: "/health" }`. One form behind the builders means
// that nothing further down has to know two.

const list = (given: unknown): unknown => (given === undefined || Array.isArray(given) ? given : [given]);
const under = (key: string) => (given: unknown) => (typeof given === "string" ? { [key]: given } : given);

type Expansion = Readonly<Record<string, (given: unknown) => unknown>>;

const expansions: Partial<Record<Collection, Expansion>> = {
  services: { health: under("path"), build: under("context"), takes: list },
  resources: { migrations: under("folder") },
  alerts: { to: list },
  uptime: { to: list },
  datasets: { of: list },
  exercises: { to: list },
  checks: { on: list },
  environments: { deploy: list, notify: list, domain: list },
};

/** Shorthands written out, for an entity of that collection or for what an environment changes of one. */
export function expand(collection: Collection, data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const expansion = expansions[collection];
  if (expansion === undefined) return data;
  let expanded: Record<string, unknown> | undefined;
  for (const [key, write] of Object.entries(expansion)) {
    if (!Object.hasOwn(data, key)) continue;
    const written = write(data[key]);
    if (written !== data[key]) (expanded ??= { ...data })[key] = written;
  }
  return expanded ?? data;
}

/** One or several, as several. */
export function asList<T>(given: T | readonly T[] | undefined): readonly T[] | undefined {
  return list(given) as readonly T[] | undefined;
}
