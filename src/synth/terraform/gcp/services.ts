import { refName, list } from "../../../spec/derive.ts";
import { onceFor } from "../../../lib/once-for.ts";
import { durationMs } from "../../../lib/quantities.ts";
import { shortName } from "../../names.ts";
import { type Entry, type Value, attributes, expression, gap } from "../../text/hcl.ts";
import { previewers } from "./identity.ts";
import { loadBalancer } from "./load-balancer.ts";
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
import { type Shared, accessOf, secretIds, sharedLocal, sharedVariables, told } from "./told.ts";

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
        public: publicOnes(environment).has(name) ? true : undefined,
        ingress: worker ? "INGRESS_TRAFFIC_INTERNAL_ONLY" : undefined,
        only_signed: environment.admitOnlySigned === true ? true : undefined,
        deletion_protection: environment.production === true ? undefined : false,
        previewers: shown(place, service),
      }),
      ...told(place, service, shared),
    ],
    worker && takesFromRedis(environment, service)
      ? "Its jobs lie in Redis, which wakes nobody: with no instance at all, none would ever be taken."
      : undefined,
  );
}

/** Who may show pull requests on it. */
function shown(place: Place, { kind, build }: Service): Value | undefined {
  if (place.environment.previews === undefined || kind === "worker" || build === undefined) return undefined;
  const all = previewers(place);
  return Object.keys(all).length === 0 ? undefined : all;
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
const publicOnes = onceFor(({ hosts }: GoogleEnvironment): ReadonlySet<string> => new Set(hosts.map(({ service }) => service)));

function takesFromRedis({ resources }: GoogleEnvironment, { takes }: Service): boolean {
  return list(takes).some((one) => {
    const name = refName(one, "resources");
    const resource = name === undefined ? undefined : resources[name];
    return resource?.kind === "queue" && resource.on !== undefined;
  });
}

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
