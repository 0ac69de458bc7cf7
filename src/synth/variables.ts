import { list, refName } from "../spec/derive.ts";
import type { Environment, EnvironmentService } from "../spec/environment.ts";

// What a service finds in its environment, whatever runs it: compose, a cluster, an `.env` file.

export type Attribute = "url" | "host" | "port" | "connectionName" | "privateAddress" | "id" | "revision" | "name";

export type Variable = { readonly name: string } & (
  | { readonly from: "text"; readonly text: string }
  | { readonly from: "secret"; readonly secret: string; readonly resource?: string }
  | { readonly from: "resource"; readonly resource: string; readonly attribute: Attribute }
  | { readonly from: "service"; readonly service: string; readonly attribute: Attribute }
);

/** In the order of their names. */
export function variablesOf(environment: Environment, service: EnvironmentService): readonly Variable[] {
  const found = new Map<string, Variable>();
  const add = (one: Variable) => found.set(one.name, one);
  const text = (name: string, value: unknown) => add({ name, from: "text", text: String(value) });
  text("LOG_LEVEL", service.logLevel ?? environment.logLevel ?? "info");
  if (environment.integrations !== undefined) text("INTEGRATIONS", environment.integrations);
  if (service.pool !== undefined) text("DATABASE_POOL_MAX", service.pool.max);
  for (const [flag, { is, variableOf }] of Object.entries(environment.flags)) {
    const of = refName(variableOf, "services");
    if (of === undefined || environment.services[of] === service) text(variableName(flag), is);
  }
  if (service.cors) text("CORS_ORIGINS", service.cors.origins.flatMap((one) => originOf(one, environment)).join(","));
  for (const [name, value] of Object.entries(service.env ?? {})) add(variableOf(name, value, environment));
  for (const secret of unnamedSecrets(service, environment, [...found.values()]))
    add({ name: variableName(secret), from: "secret", secret });
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function variableName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_").toUpperCase();
}

function variableOf(name: string, value: unknown, environment: Environment): Variable {
  const secret = refName(value, "secrets");
  if (secret !== undefined) return { name, from: "secret", secret };
  const resource = refName(value, "resources");
  const service = refName(value, "services");
  const attribute = (value as { readonly attribute?: Attribute }).attribute ?? "url";
  if (service !== undefined) return { name, from: "service", service, attribute };
  if (resource === undefined) return { name, from: "text", text: String(value) };
  const held = attribute === "url" ? refName(environment.resources[resource]?.urlIn, "secrets") : undefined;
  return held === undefined ? { name, from: "resource", resource, attribute } : { name, from: "secret", secret: held, resource };
}

/** Secrets of what the service uses that none of its variables names: a partner's key. A part of an address that it has whole is none. */
function unnamedSecrets(service: EnvironmentService, environment: Environment, named: readonly Variable[]): readonly string[] {
  const known = new Set(named.flatMap((one) => (one.from === "secret" ? [one.secret] : [])));
  const left = service.secrets.filter((one) => !known.has(one));
  if (left.length === 0) return [];
  const addresses = new Set(Object.values(environment.resources).flatMap(({ urlIn }) => refName(urlIn, "secrets") ?? []));
  return left.filter((one) => !addresses.has(one));
}

/** An origin is what a browser sees. */
function originOf(origin: unknown, { hosts }: Environment): readonly string[] {
  const service = refName(origin, "services");
  if (service === undefined) return [String(origin)];
  return hosts.filter((one) => one.service === service).map(({ host }) => `${host.includes(":") ? "http" : "https"}://${host}`);
}

/** The services that a service calls: those it says it uses, and those whose address it has. */
export function callsOf(service: EnvironmentService): readonly string[] {
  const values = [...list(service.uses), ...Object.values(service.env ?? {})];
  return [...new Set(values.flatMap((one) => refName(one, "services") ?? []))];
}

/** The resources that a service works with. */
export function resourcesOf(service: EnvironmentService): readonly string[] {
  const values = [...list(service.uses), ...list(service.takes), ...Object.values(service.env ?? {})];
  return [...new Set(values.flatMap((one) => refName(one, "resources") ?? []))];
}
