import { onceFor } from "../../../lib/once-for.ts";
import { refName } from "../../../spec/derive.ts";
import { type Entry, type Value, attributes, block, expression, gap, quoted, template, valueText } from "../../text/hcl.ts";
import { type Variable as Given, variablesOf } from "../../variables.ts";
import { type GoogleEnvironment, type Place, labelOf, outputOf } from "./place.ts";

// What a service is told, and what it may do.

type Service = GoogleEnvironment["services"][string];
export type Shared = ReadonlyMap<string, Value>;

export function told(place: Place, service: Service, shared: Shared): readonly Entry[] {
  const own = environmentOf(place, service);
  const fromShared = [...shared.keys()].every((name) => Object.hasOwn(own, name)) && shared.size > 0;
  const rest = Object.fromEntries(Object.entries(own).filter(([name]) => !(fromShared && shared.has(name))));
  const secrets = secretIds(place, service);
  const access = accessOf(place, service);
  const environment = fromShared ? (Object.keys(rest).length === 0 ? expression("local.environment") : merged(rest)) : rest;
  return [
    gap,
    ...attributes({
      environment,
      secrets: Object.keys(secrets).length === 0 ? undefined : secrets,
      access: Object.keys(access).length === 0 ? undefined : access,
    }),
  ];
}

function merged(rest: Readonly<Record<string, Value>>): Value {
  return expression(`merge(local.environment, ${valueText(rest, "  ")})`);
}

/** What is the same for every service that has to do with resources at all stands once. */
export function sharedVariables(place: Place): Shared {
  const all = Object.values(place.environment.services)
    .filter((service) => variablesOf(place.environment, service).some(({ from }) => from === "resource"))
    .map((service) => environmentOf(place, service));
  const [first, ...others] = all;
  if (first === undefined || others.length === 0) return new Map();
  const same = Object.entries(first).filter(([name, value]) =>
    others.every((one) => Object.hasOwn(one, name) && valueText(one[name] as Value) === valueText(value)),
  );
  return same.length < 2 ? new Map() : new Map(same);
}

export function sharedLocal(shared: Shared): Entry {
  return block("locals", [], attributes({ environment: Object.fromEntries(shared) }));
}

function environmentOf(place: Place, service: Service): Readonly<Record<string, Value>> {
  const { environment } = place;
  const found: Record<string, Value> = {};
  for (const one of variablesOf(environment, service)) {
    const value = one.from === "secret" ? undefined : valueOf(place, one);
    if (value !== undefined) found[one.name] = value;
    const authority = one.from === "resource" ? authorityOf(place, one) : undefined;
    if (authority !== undefined) Object.assign(found, authority);
  }
  if (found["LOG_LEVEL"] !== undefined && found["LOG_LEVEL"] === (environment.logLevel ?? "info"))
    found["LOG_LEVEL"] = expression("var.log_level");
  if (environment.traces !== undefined && service.stack?.tracing !== undefined) {
    found["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio";
    found["OTEL_TRACES_SAMPLER_ARG"] = expression("tostring(var.trace_sample)");
  }
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function valueOf(place: Place, one: Exclude<Given, { from: "secret" }>): Value | undefined {
  if (one.from === "text") return one.text;
  return one.from === "service" ? addressOf(place, one.service, one.attribute) : resourceValue(place, one);
}

export function resourceValue(place: Place, one: Extract<Given, { from: "resource" }>): Value | undefined {
  const label = labelOf(place, "resources", one.resource);
  const resource = place.environment.resources[one.resource];
  switch (resource?.kind) {
    case "postgres":
      return postgresValue(place, label, one.attribute);
    case "redis":
      return redisValue(place, label, one.attribute, resource.encrypted !== false);
    case "bucket":
      return outputOf(place, "bucket", label, one.attribute === "url" ? "url" : "name");
    case "topic":
    case "queue":
      return outputOf(place, "pubsub_topic", label, one.attribute === "name" ? "name" : "id");
    case "kms":
      return outputOf(place, "kms_key", label, "id");
    default:
      return undefined;
  }
}

function postgresValue(place: Place, label: string, attribute: string): Value | undefined {
  if (attribute === "connectionName") return outputOf(place, "cloud_sql_postgres", label, "connection_name");
  if (attribute === "port") return "5432";
  if (attribute === "host" || attribute === "privateAddress") return outputOf(place, "cloud_sql_postgres", label, "private_ip");
  return attribute === "name" || attribute === "id" ? outputOf(place, "cloud_sql_postgres", label, "name") : undefined;
}

function redisValue(place: Place, label: string, attribute: string, encrypted: boolean): Value {
  const host = outputOf(place, "redis_memorystore", label, "host");
  const port = outputOf(place, "redis_memorystore", label, "port");
  if (attribute === "port") return expression(`tostring(${port.text})`);
  if (attribute === "url") return template(encrypted ? "rediss://" : "redis://", host, ":", port);
  return host;
}

/** Memorystore signs with an authority of its own: whoever gets its address gets that too. */
function authorityOf(place: Place, one: Extract<Given, { from: "resource" }>): Readonly<Record<string, Value>> | undefined {
  const resource = place.environment.resources[one.resource];
  if (resource?.kind !== "redis" || resource.encrypted === false || !["host", "url"].includes(one.attribute)) return undefined;
  const name = one.name.replace(/_?(HOST|URL)$/, "");
  return { [`${name}_CA`]: outputOf(place, "redis_memorystore", labelOf(place, "resources", one.resource), "ca_certificate") };
}

/** A service is called where people find it; one without a host by its own address. */
function addressOf(place: Place, name: string, attribute: string): Value | undefined {
  const { hosts } = place.environment;
  const host = hosts.find(({ service }) => service === name)?.host;
  if (attribute === "host" && host !== undefined) return host;
  if (attribute === "port") return "443";
  if (host !== undefined) return `https://${host}`;
  return outputOf(place, "cloud_run_service", labelOf(place, "services", name), "url");
}

/** The ids of the secrets that a service reads, by the variable that it finds each in. */
export function secretIds(place: Place, service: Service): Readonly<Record<string, Value>> {
  const { environment } = place;
  return Object.fromEntries(
    variablesOf(environment, service).flatMap((one): [string, Value][] =>
      one.from === "secret" ? [[one.name, secretId(place, one.secret)]] : [],
    ),
  );
}

function secretId(place: Place, secret: string): Value {
  const holder = holders(place.environment).get(secret);
  const resource = holder === undefined ? undefined : place.environment.resources[holder];
  if (holder !== undefined && resource?.kind === "postgres" && resource.external !== true)
    return outputOf(place, "cloud_sql_postgres", labelOf(place, "resources", holder), "url_secret");
  return expression(`${place.standby ? "local.primary.secrets" : "module.secrets.ids"}[${quoted(secret)}]`);
}

/** The first resource that keeps its address in a secret, by that secret. */
const holders = onceFor(({ resources }: GoogleEnvironment): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const [name, { urlIn }] of Object.entries(resources)) {
    const secret = refName(urlIn, "secrets");
    if (secret !== undefined && !found.has(secret)) found.set(secret, name);
  }
  return found;
});

/** Grants by the thing they are for, as the module takes them. */
export function accessOf(place: Place, { grants }: Service): Readonly<Record<string, Value>> {
  const { resources } = place.environment;
  const found: Record<"databases" | "buckets" | "keys" | "topics", Record<string, Value>> = {
    databases: {},
    buckets: {},
    keys: {},
    topics: {},
  };
  for (const on of new Set(grants.map((one) => one.on))) {
    const label = labelOf(place, "resources", on);
    const roles = grants.filter((one) => one.on === on).map(({ role }) => `roles/${role}`);
    const kind = resources[on]?.kind;
    if (kind === "postgres") found.databases[label] = outputOf(place, "cloud_sql_postgres", label, "name");
    if (kind === "bucket") found.buckets[label] = { name: outputOf(place, "bucket", label, "name"), roles };
    if (kind === "kms") found.keys[label] = { id: outputOf(place, "kms_key", label, "id"), roles };
    if (kind === "topic" || kind === "queue") found.topics[label] = { id: outputOf(place, "pubsub_topic", label, "id"), roles };
  }
  return Object.fromEntries(Object.entries(found).filter(([, ones]) => Object.keys(ones).length > 0));
}
