import { createHash } from "node:crypto";
import { refName } from "../../spec/derive.ts";
import type { Environment, EnvironmentService } from "../../spec/environment.ts";

// What a service finds in its environment: what its spec names, resolved; what it uses, in the ways that clients expect; who it is.

/** A value, and whether nobody may see it. */
export type Text = { readonly text: string; readonly secret?: true };

export type Attribute = "url" | "host" | "port" | "connectionName" | "privateAddress" | "id" | "revision" | "name";

/** A resource as it is on this machine. */
export type ResourceHere = {
  readonly name: string;
  readonly kind: string;
  /** What provides it, as "PostgreSQL 18.4"; undefined where nothing does. */
  readonly by?: string;
  /** What differs from what the spec asks for. */
  readonly note?: string;
  /** What to install where nothing provides it. */
  readonly missing?: string;
  readonly attributes: (service: string) => Partial<Record<Attribute, Text>>;
  /** What clients of this kind look for by themselves. */
  readonly variables?: (service: string) => Readonly<Record<string, Text>>;
};

export type ServiceAddress = { readonly port: number; readonly browserUrl: string };

export type EnvInput = {
  readonly environment: Environment;
  readonly service: string;
  readonly resources: ReadonlyMap<string, ResourceHere>;
  readonly services: ReadonlyMap<string, ServiceAddress>;
  readonly secret: (name: string) => string;
  /** Where it may send traces, metrics and lines by OTLP, and the share of the traces it begins that is wanted. */
  readonly telemetry?: { readonly endpoint: string; readonly share: number };
};

export type ServiceEnv = {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, string>>;
  /** Variables left out, as what they name is not here and the service copes without it. */
  readonly leftOut: readonly string[];
};

export function serviceEnv(input: EnvInput): ServiceEnv {
  const { environment, service: name } = input;
  const service = environment.services[name];
  if (service === undefined) throw new TypeError(`no service ${name}`);
  const found = new Map<string, Text>();
  const leftOut: string[] = [];
  for (const use of usesOf(service)) {
    const resource = input.resources.get(use);
    for (const [key, text] of Object.entries(resource?.variables?.(name) ?? {})) found.set(key, text);
  }
  for (const [key, flag] of Object.entries(environment.flags)) found.set(variableName(key), { text: String(flag.is) });
  if (service.cors) found.set("CORS_ORIGINS", { text: service.cors.origins.map((one) => originOf(one, input)).join(",") });
  for (const [key, value] of Object.entries(service.env ?? {})) {
    const text = valueOf(value, input);
    if (text === undefined) leftOut.push(key);
    else found.set(key, text);
  }
  for (const [key, value] of Object.entries(service.here?.env ?? {})) found.set(key, { text: String(value) });
  const own: Record<string, string> = {
    GANTRY_PRODUCT: environment.product,
    GANTRY_ENVIRONMENT: environment.environment,
    GANTRY_SERVICE: name,
    LOG_LEVEL: service.logLevel ?? "info",
    ...telemetryEnv(name, input),
  };
  for (const [key, text] of Object.entries(own)) if (!found.has(key)) found.set(key, { text });
  const sorted = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    plain: Object.fromEntries(sorted.filter(([, one]) => one.secret !== true).map(([key, { text }]) => [key, text])),
    secret: Object.fromEntries(sorted.filter(([, one]) => one.secret === true).map(([key, { text }]) => [key, text])),
    leftOut,
  };
}

/** What every OpenTelemetry SDK looks for. */
function telemetryEnv(service: string, { environment, telemetry }: EnvInput): Readonly<Record<string, string>> {
  if (telemetry === undefined) return {};
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: `deployment.environment.name=${environment.environment}`,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: String(telemetry.share),
  };
}

/** The resources that a service works with: those it uses, takes from, or finds the address of in its environment. */
export function usesOf(service: EnvironmentService): readonly string[] {
  const names = [...(service.uses ?? []), ...(service.takes ?? []), ...Object.values(service.env ?? {})].flatMap(
    (one) => refName(one, "resources") ?? [],
  );
  return [...new Set(names)];
}

export function copesWithout(service: EnvironmentService, resource: string): boolean {
  return (service.copesWithout ?? []).some((one) => refName(one, "resources") === resource);
}

function valueOf(value: unknown, input: EnvInput): Text | undefined {
  if (typeof value !== "object" || value === null) return { text: String(value) };
  const secret = refName(value, "secrets");
  if (secret !== undefined) {
    // A secret that holds a resource's whole address is that address.
    const held = Object.entries(input.environment.resources).find(([, one]) => refName(one.urlIn, "secrets") === secret)?.[0];
    const url = held === undefined ? undefined : input.resources.get(held)?.attributes(input.service).url;
    return url ? { text: url.text, secret: true } : { text: input.secret(secret), secret: true };
  }
  const attribute = (value as { attribute?: Attribute }).attribute ?? "url";
  const resource = refName(value, "resources");
  if (resource !== undefined) return input.resources.get(resource)?.attributes(input.service)[attribute];
  const service = refName(value, "services");
  const address = service === undefined ? undefined : input.services.get(service);
  if (address === undefined) return undefined;
  const of: Partial<Record<Attribute, string>> = {
    url: `http://127.0.0.1:${address.port}`,
    host: `127.0.0.1:${address.port}`,
    port: String(address.port),
  };
  const text = of[attribute] ?? service;
  return text === undefined ? undefined : { text };
}

/** An origin is what a browser sees: a service's host, not the port that other services dial. */
function originOf(origin: unknown, { services }: EnvInput): string {
  const service = refName(origin, "services");
  return service === undefined ? String(origin) : (services.get(service)?.browserUrl ?? "");
}

export function variableName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_").toUpperCase();
}

/** A revision is named after everything that it is: another configuration is another revision. */
export function revisionName(service: string, parts: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 8);
  return `${service.slice(0, 40)}-${hash}`;
}
