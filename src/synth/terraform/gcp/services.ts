import { refName, list } from "../../../spec/derive.ts";
import { durationMs } from "../../../lib/quantities.ts";
import { shortName } from "../../names.ts";
import { type Entry, type Value, attributes, block, expression, gap, template, valueText, quoted } from "../../text/hcl.ts";
import { type Variable as Given, variablesOf } from "../../variables.ts";
import type { LibraryModule } from "./modules.ts";
import {
  type GoogleEnvironment,
  type Part,
  type Place,
  type Variable,
  call,
  labelOf,
  outputOf,
  projectOf,
  region,
} from "./place.ts";

// What runs, what it is told, and what it may do.

type Service = GoogleEnvironment["services"][string];

export function services(place: Place): Part {
  const { environment } = place;
  const all = Object.entries(environment.services);
  const shared = sharedVariables(place);
  const runs = environment.runs === "gke" ? [] : all;
  const made = runs.map(([name, service]) =>
    service.kind === "cron" ? job(place, name, service, shared) : running(place, name, service, shared),
  );
  const accounts = environment.runs === "gke" ? all.map(([name, service]) => account(place, name, service)) : [];
  const balancer = loadBalancer(place);
  return {
    file: "services.tf",
    entries: [
      ...(shared.size === 0 || runs.length === 0 ? [] : [sharedLocal(shared)]),
      ...made,
      ...accounts,
      ...balancer.entries,
    ],
    modules: [
      ...runs.map(([, { kind }]): LibraryModule => (kind === "cron" ? "arq_cron" : "cloud_run_service")),
      ...accounts.map((): LibraryModule => "service_account"),
      ...balancer.modules,
    ],
    variables: [...(runs.length === 0 ? [] : sizes(place)), ...balancer.variables],
  };
}

/** The name of a service where it runs. */
export function serviceName(name: string, { deployment }: Service): string {
  return shortName(deployment?.name ?? name, 49);
}

function running(place: Place, name: string, service: Service, shared: Shared): Entry {
  const { environment } = place;
  const label = labelOf(place, "services", name);
  const size = (field: string) => expression(`var.services.${label}.${field}`);
  const worker = service.kind === "worker";
  const { health } = service;
  return call(
    place,
    "cloud_run_service",
    label,
    [
      ...attributes({
        project: projectOf(place),
        region,
        name: serviceName(name, service),
        account_id: accountId(name, service),
      }),
      gap,
      ...attributes({
        cpu: size("cpu"),
        memory: size("memory"),
        min_instances: size("min_instances"),
        max_instances: size("max_instances"),
        always_on_cpu: worker ? true : undefined,
        port: service.port === undefined || service.port === 8080 ? undefined : service.port,
        network: networkOf(place),
      }),
      gap,
      ...attributes({
        ready_path: health?.ready ?? health?.path ?? "/",
        health: healthOf(service),
        public: isPublic(environment, name) ? true : undefined,
        ingress: worker ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : undefined,
        only_signed: environment.admitOnlySigned === true ? true : undefined,
        deletion_protection: environment.production === true ? undefined : false,
      }),
      ...told(place, service, shared),
    ],
    worker && takesFromRedis(environment, service)
      ? "Its jobs lie in Redis, which wakes nobody: with no instance at all, none would ever be taken."
      : undefined,
  );
}

function job(place: Place, name: string, service: Service, shared: Shared): Entry {
  const { environment } = place;
  const label = labelOf(place, "services", name);
  const short = serviceName(name, service);
  return call(place, "arq_cron", label, [
    ...attributes({
      project: projectOf(place),
      region,
      name: short,
      account_id: accountId(name, service),
      starter_account_id: starterId(place, service, name),
    }),
    gap,
    ...attributes({
      schedule: service.schedule,
      timeout_seconds: service.limit === undefined ? undefined : Math.round(durationMs(service.limit) / 1_000),
      cpu: expression(`var.services.${label}.cpu`),
      memory: expression(`var.services.${label}.memory`),
      network: networkOf(place),
      only_signed: environment.admitOnlySigned === true ? true : undefined,
      deletion_protection: environment.production === true ? undefined : false,
    }),
    ...told(place, service, shared),
  ]);
}

/** Accounts are the project's: the job of a standby is started by another. */
function starterId({ standby }: Place, service: Service, name: string): string | undefined {
  const wanted = shortName(`${standby ? (service.account ?? name) : serviceName(name, service)}-start`, 30);
  return wanted === `${serviceName(name, service)}-start` ? undefined : wanted;
}

/** On a cluster, Kubernetes runs the service and Terraform says who it is. */
function account(place: Place, name: string, service: Service): Entry {
  const deployment = service.deployment?.name ?? name;
  return call(place, "service_account", labelOf(place, "services", name), [
    ...attributes({
      project: projectOf(place),
      account_id: accountId(name, service) ?? shortName(`${service.account ?? name}-run`, 30),
      display_name: `Pods of ${deployment}`,
      kubernetes_accounts: [`${place.subject.name}/${deployment}`],
    }),
    gap,
    ...attributes({ access: accessOf(place, service), secrets: secretIds(place, service) }),
  ]);
}

/** Only where it is not simply the service's name with `-run` behind it. */
function accountId(name: string, service: Service): string | undefined {
  const wanted = shortName(`${service.account ?? name}-run`, 30);
  return wanted === `${serviceName(name, service)}-run` ? undefined : wanted;
}

export function networkOf(place: Place): Value {
  return outputOf(place, "network", "network", "attachment");
}

function healthOf({ health }: Service): Value {
  const seconds = (duration: string | undefined, usual: string) =>
    duration === undefined || duration === usual ? undefined : Math.max(1, Math.round(durationMs(duration) / 1_000));
  return {
    path: health?.path ?? "/",
    every_seconds: seconds(health?.every, "10s"),
    timeout_seconds: seconds(health?.timeout, "5s"),
    failures: health?.failures === 3 ? undefined : health?.failures,
  };
}

/** Whoever has a host is called by browsers and partners, who show no token of Google's. */
function isPublic({ hosts }: GoogleEnvironment, name: string): boolean {
  return hosts.some(({ service }) => service === name);
}

export function takesFromRedis({ resources }: GoogleEnvironment, { takes }: Service): boolean {
  return list(takes).some((one) => {
    const name = refName(one, "resources");
    const resource = name === undefined ? undefined : resources[name];
    return resource?.kind === "queue" && resource.on !== undefined;
  });
}

// What a service is told

type Shared = ReadonlyMap<string, Value>;

function told(place: Place, service: Service, shared: Shared): readonly Entry[] {
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
function sharedVariables(place: Place): Shared {
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

function sharedLocal(shared: Shared): Entry {
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
  const holder = Object.entries(place.environment.resources).find(([, { urlIn }]) => refName(urlIn, "secrets") === secret);
  if (holder?.[1].kind === "postgres" && holder[1].external !== true)
    return outputOf(place, "cloud_sql_postgres", labelOf(place, "resources", holder[0]), "url_secret");
  return expression(`${place.standby ? "local.primary.secrets" : "module.secrets.ids"}[${quoted(secret)}]`);
}

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

// How large, and under which names

function sizes(place: Place): readonly Variable[] {
  const { environment } = place;
  const value = Object.fromEntries(
    Object.entries(environment.services).map(([name, service]) => {
      const { size, scale, kind } = service;
      const least = takesFromRedis(environment, service) ? Math.max(1, scale?.min ?? 0) : (scale?.min ?? 0);
      return [
        labelOf(place, "services", name),
        {
          cpu: processors(size?.cpu ?? 1),
          memory: size?.memory ?? "512Mi",
          ...(kind === "cron" ? {} : { min_instances: least, max_instances: Math.max(scale?.max ?? 10, least) }),
        },
      ] as const;
    }),
  );
  return [
    {
      name: "services",
      what: "The size of each service, and between how many instances it scales.",
      type: expression(
        [
          "map(object({",
          "    cpu           = number",
          "    memory        = string",
          "    min_instances = optional(number, 0)",
          "    max_instances = optional(number, 1)",
          "  }))",
        ].join("\n"),
      ),
      value,
    },
    ...logLevel(environment),
  ];
}

/** As many as Cloud Run has that are enough. */
function processors(wanted: number): number {
  return [1, 2, 4, 6].find((one) => one >= wanted) ?? 8;
}

function logLevel(environment: GoogleEnvironment): readonly Variable[] {
  const sample = environment.traces?.sample;
  return [
    {
      name: "log_level",
      what: "From which level on services log.",
      type: expression("string"),
      value: environment.logLevel ?? "info",
    },
    ...(sample === undefined || !Object.values(environment.services).some(({ stack }) => stack?.tracing !== undefined)
      ? []
      : [
          {
            name: "trace_sample",
            what: "The share of requests that are traced, from 0 to 1.",
            type: expression("number"),
            value: Number((Number.parseFloat(sample) / 100).toFixed(6)),
            check: {
              condition: expression("var.trace_sample >= 0 && var.trace_sample <= 1"),
              message: "A share is a number from 0 to 1.",
            },
          },
        ]),
  ];
}

type Balanced = {
  readonly entries: readonly Entry[];
  readonly modules: readonly LibraryModule[];
  readonly variables: readonly Variable[];
};

function loadBalancer(place: Place): Balanced {
  const { environment, subject } = place;
  const { hosts } = environment;
  if (hosts.length === 0 || environment.runs === "gke") return { entries: [], modules: [], variables: [] };
  const names = [...new Set(hosts.map(({ service }) => service))];
  const byHost = [...new Set(hosts.map(({ host }) => host))].map((host) => {
    const here = hosts.filter((one) => one.host === host);
    const usual = here.find(({ path }) => path === "/") ?? here[0];
    const paths = here
      .filter(({ path }) => path !== "/")
      .map(({ path, service }) => [path, labelOf(place, "services", service)] as const);
    return [
      host,
      {
        service: usual === undefined ? undefined : labelOf(place, "services", usual.service),
        paths: paths.length === 0 ? undefined : Object.fromEntries(paths),
      },
    ] as const;
  });
  return {
    entries: [
      call(place, "load_balancer", "load_balancer", [
        ...attributes({
          project: projectOf(place),
          region,
          name: shortName(place.standby ? `${subject.name}-standby` : subject.name, 40),
          services: Object.fromEntries(
            names.map((name) => {
              const label = labelOf(place, "services", name);
              return [label, outputOf(place, "cloud_run_service", label, "name")] as const;
            }),
          ),
          hosts: Object.fromEntries(byHost),
          dns_zone: place.standby ? undefined : expression("var.dns_zone"),
        }),
      ]),
    ],
    modules: ["load_balancer"],
    variables: place.standby
      ? []
      : [
          {
            name: "dns_zone",
            what: "The zone of Cloud DNS that the domains stand in. Null where their records are kept elsewhere. Whoever applies needs roles/dns.admin on its project.",
            type: expression("object({ project = string, name = string })"),
            usual: null,
          },
        ],
  };
}
