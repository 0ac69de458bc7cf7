import { productOf } from "../../subject.ts";
import { shareOf } from "../../../lib/quantities.ts";
import { type Entry, type Value, attribute, block, expression, gap } from "../../text/hcl.ts";
import { emailsOf } from "./alerts.ts";
import { archives, needsStorage } from "./modules.ts";
import { nodesPerZone } from "./nodes.ts";
import { type Database, type Plan, days, gibOf, minioBuckets } from "./plan.ts";

/** A variable of a root; without a value it is set where Terraform runs. */
export type Setting = {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly value?: Value;
  readonly comment?: string;
};

export function settingsOf(plan: Plan): readonly Setting[] {
  return [
    { name: "name", description: "What everything is named after.", type: "string", value: plan.name },
    { name: "region", description: "Region that has the live data.", type: "string", value: plan.region },
    {
      name: "regions",
      description:
        "Regions: what everything there is named after, the addresses of the network, which must not overlap, and the name of the vault with its keys, which nobody else in Azure may have.",
      type: "map(object({ name = string, range = string, key_vault = string }))",
      value: Object.fromEntries(
        plan.regions.map(({ name, resources, range, keyVault }) => [name, { name: resources, range, key_vault: keyVault }]),
      ),
    },
    { name: "zones", description: "Zones of each region that it stands in.", type: "set(string)", value: plan.zones },
    ...access(plan),
    ...machines(plan),
    ...plan.databases.map((one) => database(plan, one)),
    ...minio(plan),
    ...storage(plan),
    ...registry(plan),
    ...watching(plan),
  ];
}

function access(plan: Plan): readonly Setting[] {
  return [
    {
      name: "secrets_vault",
      description: "Name of the vault with the services' secrets. Nobody else in Azure may have it.",
      type: "string",
      value: plan.secretsVault,
    },
    {
      name: "administration_ranges",
      description: "Addresses that may reach the clusters' APIs, the vaults and the registry from outside.",
      type: "list(string)",
      value: [],
      comment:
        "None: Terraform and deployments then run inside the network (an agent of Terraform Cloud, a runner of your own).\nOtherwise the addresses that they come from, such as 203.0.113.0/24; the first time, when there is no network yet, there has to be one.",
    },
    {
      name: "admin_groups",
      description: "Object ids of the Entra groups whose people administer the clusters.",
      type: "list(string)",
    },
  ];
}

function machines(plan: Plan): readonly Setting[] {
  const { size, min, max } = nodesPerZone(plan);
  return [
    {
      name: "pools",
      description: "Machines for the product's pods, by the name of their pool: how big, and how many in each zone.",
      type: "map(object({ size = string, min_per_zone = number, max_per_zone = number, taints = optional(list(string), []) }))",
      value: { work: { size, min_per_zone: min, max_per_zone: max } },
      comment:
        plan.environment.release?.strategy === "blue-green"
          ? "Room for every service at its largest, twice: while a release is under way both sides stand."
          : "Room for every service at its largest.",
    },
  ];
}

function database(plan: Plan, { label, resource }: Database): Setting {
  const { version, size, highAvailability, maxConnections, backup, storage: room } = resource;
  return {
    name: label,
    description:
      "The database: version, machine, standby in another zone, connections, days that it can be restored to, and replicas by what follows its name.",
    type: "object({ version = number, size = string, storage_gib = number, high_availability = bool, max_connections = number, backup_retention_days = number, replicas = map(object({ region = string, size = string })) })",
    value: {
      version,
      size: size ?? defaultSize,
      storage_gib: roomFor(room),
      high_availability: highAvailability ?? false,
      max_connections: maxConnections ?? 100,
      backup_retention_days: Math.min(35, Math.max(7, days(backup?.pitr) ?? 7)),
      replicas: replicasOf(plan, resource),
    },
  };
}

const defaultSize = "GP_Standard_D2ds_v5";

/** Azure sells storage in powers of two. */
function roomFor(storage: string | undefined): number {
  const wanted = storage === undefined ? 128 : gibOf(storage);
  return [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192].find((one) => one >= wanted) ?? 16_384;
}

/** A replica beside the server is numbered, one elsewhere is named after its region. */
function replicasOf({ region }: Plan, { replicas = [], size }: Database["resource"]): Readonly<Record<string, Value>> {
  const found: Record<string, Value> = {};
  for (const replica of replicas) {
    const where = replica.region ?? region;
    const base = where === region ? "replica" : where;
    const taken = Object.keys(found).filter((name) => name.startsWith(base)).length;
    const name = where === region ? `replica-${taken + 1}` : taken === 0 ? base : `${base.slice(0, 15)}-${taken + 1}`;
    found[name] = { region: where, size: replica.size ?? size ?? defaultSize };
  }
  return found;
}

function minio(plan: Plan): readonly Setting[] {
  if (minioBuckets(plan).length === 0) return [];
  const { name } = plan.registry;
  return [
    {
      name: "minio",
      description:
        "MinIO: its images, how many pods with a disk each, and how big a disk is. Half of all disks is room for data.",
      type: "object({ image = string, client_image = string, replicas = number, size = string })",
      value: {
        image: `${name}.azurecr.io/minio:RELEASE.2025-10-15T17-29-55Z`,
        client_image: `${name}.azurecr.io/mc:RELEASE.2025-08-13T08-35-41Z`,
        replicas: plan.zones.length === 3 ? 6 : 4,
        size: "256Gi",
      },
      comment:
        "MinIO has published its source only since October 2025: both images are built from these tags into the product's registry.\nSix disks in three zones take writes with a zone lost.",
    },
  ];
}

function storage(plan: Plan): readonly Setting[] {
  if (!needsStorage(plan)) return [];
  return [
    {
      name: "storage_account",
      description: `Name of the storage account for ${archives(plan) ? "copies and the archive" : "copies"}. Nobody else in Azure may have it.`,
      type: "string",
      value: plan.storageAccount,
    },
  ];
}

function registry(plan: Plan): readonly Setting[] {
  const { name, owned, copies } = plan.registry;
  if (!owned)
    return [
      {
        name: "registry_id",
        description:
          "Id of the registry, which the environment has that images come to first: the output registry_id of its root.",
        type: "string",
      },
    ];
  return [
    { name: "registry", description: "Name of the registry for all environments.", type: "string", value: name },
    {
      name: "registry_copies",
      description: "Other regions that images are in, for the environments that run there.",
      type: "set(string)",
      value: copies,
    },
  ];
}

function watching(plan: Plan): readonly Setting[] {
  const { environment, subject } = plan;
  const spending = environment.budget;
  return [
    {
      name: "emails",
      description: "Who is told of an alert of Azure's own.",
      type: "set(string)",
      value: emailsOf(environment),
      ...(productOf(subject).tools?.alerts?.includes("alertmanager")
        ? { comment: "What Prometheus sees goes through Alertmanager; this is for what it cannot see." }
        : {}),
    },
    ...(spending?.monthly === undefined
      ? []
      : [
          {
            name: "budget",
            description: "What may be spent in a month, and the percentages at which somebody is told.",
            type: "object({ monthly = number, alert_at = set(number) })",
            value: {
              monthly: spending.monthly,
              alert_at: (spending.alertAt ?? ["80%", "100%"]).map((one) => Math.round(shareOf(one) * 100)),
            },
          },
        ]),
  ];
}

export function variablesFile(settings: readonly Setting[]): readonly Entry[] {
  return settings.map(({ name, description, type }) =>
    block("variable", [name], [...attribute("description", description), ...attribute("type", expression(type))]),
  );
}

/** The values of an environment. None is a secret; what only the account knows is set where Terraform runs. */
export function valuesFile(settings: readonly Setting[]): readonly Entry[] {
  const open = openOf(settings).map((name) => `TF_VAR_${name}`);
  const given = settings
    .filter(({ value }) => value !== undefined)
    .map((one, index) =>
      index === 0 && open.length > 0 ? { ...one, comment: `Set where this is applied: ${open.join(", ")}.` } : one,
    );
  const apart = (one: Setting | undefined) => one !== undefined && (one.comment !== undefined || isLong(one.value));
  return given.flatMap((one, index): readonly Entry[] => [
    ...(apart(one) || apart(given[index - 1]) ? [gap] : []),
    ...attribute(one.name, one.value, one.comment),
  ]);
}

export function openOf(settings: readonly Setting[]): readonly string[] {
  return settings.filter(({ value }) => value === undefined).map(({ name }) => name);
}

function isLong(value: Value | undefined): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
