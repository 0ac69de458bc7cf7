import type { Environment } from "../../../spec/environment.ts";
import type { ModuleUse } from "../root.ts";

// Which modules of the library a root calls, what a project needs for each, and how the product names them.

type Need = {
  /** The modules that it calls itself. */
  readonly calls?: readonly string[];
  readonly apis: readonly string[];
  /** What whoever applies it has to be allowed. */
  readonly roles: readonly string[];
};

const needs = {
  alert_policies: { apis: ["monitoring"], roles: ["monitoring.alertPolicyEditor"] },
  arq_cron: {
    calls: ["service_account", "scheduled_call"],
    apis: ["run", "cloudscheduler"],
    roles: ["run.admin", "iam.serviceAccountAdmin", "iam.serviceAccountUser"],
  },
  artifact_registry: { apis: ["artifactregistry", "containerscanning"], roles: ["artifactregistry.admin"] },
  binary_authorization: {
    apis: ["binaryauthorization", "containeranalysis", "cloudkms"],
    roles: ["binaryauthorization.policyAdmin", "binaryauthorization.attestorsAdmin", "containeranalysis.admin", "cloudkms.admin"],
  },
  bucket: { apis: ["storage"], roles: ["storage.admin"] },
  budget: { apis: ["billingbudgets", "cloudresourcemanager", "pubsub"], roles: ["pubsub.admin"] },
  cloud_run_service: {
    calls: ["service_account"],
    apis: ["run"],
    roles: ["run.admin", "iam.serviceAccountAdmin", "iam.serviceAccountUser"],
  },
  cloud_sql_dump: {
    calls: ["scheduled_call"],
    apis: ["workflows", "workflowexecutions", "cloudscheduler"],
    roles: ["workflows.admin", "iam.roleAdmin", "iam.serviceAccountAdmin", "iam.serviceAccountUser"],
  },
  cloud_sql_postgres: { apis: ["sqladmin", "secretmanager"], roles: ["cloudsql.admin", "secretmanager.admin"] },
  github_identity: {
    apis: ["iam", "iamcredentials", "sts", "cloudresourcemanager"],
    roles: ["iam.workloadIdentityPoolAdmin", "iam.serviceAccountAdmin", "resourcemanager.projectIamAdmin"],
  },
  gke_autopilot: {
    apis: ["container"],
    roles: ["container.admin", "iam.serviceAccountAdmin", "iam.serviceAccountUser"],
  },
  kms_key: { apis: ["cloudkms"], roles: ["cloudkms.admin"] },
  load_balancer: { apis: ["compute", "dns"], roles: ["compute.loadBalancerAdmin", "compute.securityAdmin"] },
  log_retention: { apis: ["logging"], roles: ["logging.configWriter"] },
  monitoring_dashboards: { apis: ["monitoring"], roles: ["monitoring.dashboardEditor", "monitoring.metricsScopesAdmin"] },
  network: { apis: ["compute", "servicenetworking"], roles: ["compute.networkAdmin", "servicenetworking.networksAdmin"] },
  notification_channels: {
    apis: ["monitoring", "secretmanager"],
    roles: ["monitoring.notificationChannelEditor", "secretmanager.admin"],
  },
  off_hours: {
    calls: ["scheduled_call"],
    apis: ["cloudscheduler"],
    roles: ["iam.roleAdmin", "iam.serviceAccountAdmin", "iam.serviceAccountUser"],
  },
  project_services: { apis: [], roles: ["serviceusage.serviceUsageAdmin"] },
  pubsub_topic: { apis: ["pubsub"], roles: ["pubsub.admin"] },
  redis_memorystore: { apis: ["redis"], roles: ["redis.admin"] },
  scheduled_call: { apis: ["cloudscheduler"], roles: ["cloudscheduler.admin"] },
  secrets: { apis: ["secretmanager"], roles: ["secretmanager.admin"] },
  service_account: { apis: ["iam"], roles: ["iam.serviceAccountAdmin"] },
  uptime_checks: { apis: ["monitoring"], roles: ["monitoring.uptimeCheckConfigEditor", "monitoring.alertPolicyEditor"] },
} as const satisfies Readonly<Record<string, Need>>;

export type LibraryModule = keyof typeof needs;

/** The parts of a product that a spec may name the module of, and what the spec calls their outputs. */
const parts: Partial<Record<LibraryModule, { readonly part: Part; readonly outputs?: Readonly<Record<string, string>> }>> = {
  cloud_run_service: { part: "service", outputs: { url: "url", revision: "revision" } },
  arq_cron: { part: "cron" },
  cloud_sql_postgres: { part: "postgres", outputs: { connectionName: "connection_name", privateAddress: "private_ip" } },
  redis_memorystore: { part: "redis", outputs: { host: "host", port: "port" } },
  bucket: { part: "bucket", outputs: { url: "url", id: "name" } },
  pubsub_topic: { part: "topic", outputs: { id: "id" } },
  kms_key: { part: "kms", outputs: { id: "id" } },
  monitoring_dashboards: { part: "dashboards" },
  alert_policies: { part: "alerts" },
  network: { part: "network", outputs: { id: "id" } },
};
type Part = "service" | "cron" | "postgres" | "redis" | "bucket" | "topic" | "kms" | "dashboards" | "alerts" | "network";

/** A module as the product has it. */
export function useOf({ environment }: { readonly environment: Environment }, name: LibraryModule): ModuleUse {
  const known = parts[name];
  const given = known && environment.pipeline?.infrastructure?.modules?.makes?.[known.part];
  const outputs = Object.entries(given?.outputs ?? {}).flatMap(([key, as]): [string, string][] => {
    const own = known?.outputs?.[key];
    return own === undefined || as === undefined ? [] : [[own, as]];
  });
  return {
    from: `gcp/${name}`,
    as: (given?.name ?? name).replace(/[^A-Za-z0-9_-]+/g, "_"),
    ...(outputs.length === 0 ? {} : { outputs: Object.fromEntries(outputs) }),
  };
}

/** With the modules that modules call. */
export function withCalled(names: readonly LibraryModule[]): readonly LibraryModule[] {
  const all = new Set<LibraryModule>();
  const add = (name: LibraryModule) => {
    all.add(name);
    const need: Need = needs[name];
    for (const one of need.calls ?? []) if (isLibraryModule(one)) add(one);
  };
  for (const name of names) add(name);
  return [...all].toSorted();
}

function isLibraryModule(name: string): name is LibraryModule {
  return Object.hasOwn(needs, name);
}

export function apisOf(names: readonly LibraryModule[]): readonly string[] {
  return sorted(withCalled(names).flatMap((name) => needs[name].apis)).map((one) => `${one}.googleapis.com`);
}

export function rolesOf(names: readonly LibraryModule[]): readonly string[] {
  return sorted(withCalled(names).flatMap((name) => needs[name].roles)).map((one) => `roles/${one}`);
}

function sorted(all: readonly string[]): readonly string[] {
  return [...new Set(all)].toSorted();
}
