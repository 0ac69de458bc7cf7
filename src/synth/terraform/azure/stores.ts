import { type Entry, type Value, expression, quoted } from "../../text/hcl.ts";
import { identifier } from "../../names.ts";
import { call, callOf, endpoints, lines, liveOf, livePlace } from "./calls.ts";
import { standbyArchive } from "./minio.ts";
import { archives, copiesMinio, labelOf } from "./modules.ts";
import { type Database, type Plan, cloudBuckets, days } from "./plan.ts";
import { generatedSecrets, knownSecrets, passwordOf } from "./secrets.ts";

// What there is one of, in the live region: secrets, images, copies, databases.

export function secrets(plan: Plan): Entry {
  return call(plan, "secrets", [
    livePlace(expression("var.secrets_vault")),
    {
      generated: generatedSecrets(plan),
      values: knownSecrets(plan),
      administration_ranges: expression("var.administration_ranges"),
      endpoints: endpoints(plan),
    },
  ]);
}

export function registry(plan: Plan): Entry {
  return call(plan, "registry", [
    livePlace(expression("var.registry")),
    {
      replica_locations: expression("var.registry_copies"),
      administration_ranges: expression("var.administration_ranges"),
      endpoints: endpoints(plan),
    },
  ]);
}

export function storage(plan: Plan): Entry {
  return call(plan, "storage", [
    livePlace(expression("var.storage_account")),
    {
      containers: containersOf(plan),
      replication: plan.regions.length > 1 ? "GZRS" : "ZRS",
      encryption: expression(`${liveOf(plan, "encryption")}.data`),
      administration_ranges: expression("var.administration_ranges"),
      endpoints: endpoints(plan),
    },
  ]);
}

export function postgres(plan: Plan, { key, label, server, resource }: Database): Entry {
  const settings = `var.${label}`;
  const network = `module.${labelOf(plan, "network")}`;
  const keys = `module.${labelOf(plan, "encryption")}`;
  return call(
    plan,
    "postgres",
    [
      livePlace(server),
      {
        network_ids: expression(`{ for region, network in module.${labelOf(plan, "network")} : region => network.id }`),
        subnet_id: expression(`${liveOf(plan, "network")}.database_subnet.id`),
        encryption: expression(`${liveOf(plan, "encryption")}.data`),
      },
      {
        postgres_version: expression(`${settings}.version`),
        size: expression(`${settings}.size`),
        storage_gib: expression(`${settings}.storage_gib`),
        high_availability: expression(`${settings}.high_availability`),
        max_connections: expression(`${settings}.max_connections`),
        backup_retention_days: expression(`${settings}.backup_retention_days`),
        replicas: lines(
          "{",
          `  for name, one in ${settings}.replicas : name => {`,
          "    location            = one.region",
          "    resource_group_name = azurerm_resource_group.this[one.region].name",
          `    subnet_id           = ${network}[one.region].database_subnet.id`,
          "    size                = one.size",
          `    encryption          = ${keys}[one.region].data`,
          "  }",
          "}",
        ),
      },
      {
        database: resource.database ?? databaseName(plan),
        user: resource.user ?? "app",
        password: expression(`${callOf(plan, "secrets")}.generated[${quoted(passwordOf(resource, key))}]`),
      },
    ],
    { label },
  );
}

function databaseName({ subject }: Plan): string {
  return identifier(subject.name).toLowerCase().slice(0, 63);
}

/** Daily copies, which are deleted when they are old; what MinIO puts by; and the services' own buckets. */
function containersOf(plan: Plan): Value {
  return {
    ...(plan.copiesDays === undefined ? {} : { copies: { keep_days: plan.copiesDays } }),
    ...(archives(plan) ? { archive: {} } : {}),
    ...(archives(plan) && copiesMinio(plan) ? { [standbyArchive]: {} } : {}),
    ...Object.fromEntries(
      cloudBuckets(plan).map(({ name, resource }) => {
        const deleted = resource.lifeCycle?.find(({ to }) => to === "delete");
        return [name, deleted === undefined ? {} : { keep_days: days(deleted.after) ?? 1 }];
      }),
    ),
  };
}
