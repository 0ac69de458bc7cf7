import { bytesOf } from "../../../lib/quantities.ts";
import { type Value, expression, template } from "../../text/hcl.ts";
import {
  type Call,
  type Input,
  type Output,
  type Part,
  type Place,
  accountId,
  call,
  label,
  named,
  out,
  part,
  variable,
} from "./place.ts";
import { days } from "./days.ts";
import { groupOf } from "./network.ts";
import { type OfKind, ownBuckets, ownOf } from "./resources.ts";
import { secretArn, secretsOfDatabase } from "./secrets.ts";

/** Databases, caches and buckets, with the keys that they are encrypted with. */
export function stores(place: Place): Part {
  const made = [
    ...ownOf(place, "postgres").map(([name, one]) => postgres(place, name, one)),
    ...ownOf(place, "redis").map(([name, one]) => redis(place, name, one)),
    ...ownBuckets(place).map(([name, one]) => bucket(place, name, one)),
  ];
  return part(
    "data.tf",
    made.map(({ call: one }) => one),
    { inputs: made.flatMap(({ inputs }) => inputs), outputs: made.flatMap(({ outputs }) => outputs) },
  );
}

type Made = { readonly call: Call; readonly inputs: readonly Input[]; readonly outputs: readonly Output[] };

/** RDS brings a database back to any second of the days that it keeps backups for: daily dumps of the same days would say less. */
function backupDays({ backup }: OfKind<"postgres">): number {
  return Math.min(35, Math.max(days(backup?.pitr, 1), backup?.dump === undefined ? 1 : days(backup.keep, 7)));
}

/** The replicas beside a database; those in another region are made there. */
function replicasHere(place: Place, { replicas = [] }: OfKind<"postgres">): readonly { readonly size?: string | undefined }[] {
  return replicas.filter(({ region }) => region === undefined || region === place.region);
}

const databaseType = `object({
    instance_class  = string
    multi_az        = bool
    storage_gib     = number
    max_connections = number
    backup_days     = number
    replicas        = map(object({ instance_class = string }))

    password_version = optional(number, 1)
  })`;

function postgres(place: Place, name: string, one: OfKind<"postgres">): Made {
  const id = label(name);
  const size = one.size ?? "db.t4g.medium";
  const beside = replicasHere(place, one);
  const replicas = beside.map((replica, index) => [
    beside.length === 1 ? "replica" : `replica-${index + 1}`,
    { instance_class: replica.size ?? size },
  ]);
  const read = (field: string) => expression(`var.${id}.${field}`);
  const told = secretsOfDatabase(place, name);
  return {
    call: call(place, id, "postgres", [
      {
        identifier: one.instance ?? named(place, name, 52),
        engine_version: one.version ?? 16,
        database: one.database ?? "app",
        username: one.user,
      },
      {
        instance_class: read("instance_class"),
        multi_az: read("multi_az"),
        replicas: read("replicas"),
        storage_gib: read("storage_gib"),
        max_connections: read("max_connections"),
        backup_days: read("backup_days"),
      },
      {
        subnet_ids: out("network", "private_subnet_ids"),
        security_group_id: groupOf(name),
        kms_key_arn: out("encryption", "key_arn"),
        deletion_protection: variable("deletion_protection"),
      },
      {
        url_secret: told.url === undefined ? undefined : { arn: secretArn(told.url) },
        password_secret: told.password === undefined ? undefined : { arn: secretArn(told.password) },
        password_version: read("password_version"),
      },
    ]),
    inputs: [
      {
        name: id,
        description: `How large ${name} is, and how long it can be brought back. A raised password_version gives it a new password.`,
        type: databaseType,
        value: {
          instance_class: size,
          multi_az: one.highAvailability === true,
          storage_gib: one.storage === undefined ? 100 : Math.max(20, Math.ceil(bytesOf(one.storage) / 2 ** 30)),
          max_connections: one.maxConnections ?? 100,
          backup_days: backupDays(one),
          replicas: Object.fromEntries(replicas) as Value,
        },
      },
    ],
    outputs: [
      { name: `${id}_host`, description: `Where ${name} answers, inside the network.`, value: out(id, "host") },
      {
        name: `${id}_master_secret_arn`,
        description: `The master user of ${name}, in Secrets Manager.`,
        value: out(id, "master_secret_arn"),
      },
      ...(beside.length > 0
        ? [{ name: `${id}_replica_hosts`, description: `Where the replicas of ${name} answer.`, value: out(id, "replica_hosts") }]
        : []),
    ],
  };
}

const cacheType = `object({
    node_type     = string
    shards        = optional(number)
    replicas      = number
    snapshot_days = number
  })`;

const redisVersions: Readonly<Record<string, string>> = { "6": "6.2", "7": "7.1", "7.2": "7.1" };

function redis(place: Place, name: string, one: OfKind<"redis">): Made {
  const id = label(name);
  const version = String(one.version ?? 7);
  const doubled = one.cluster === true || one.tier === "standard";
  const read = (field: string) => expression(`var.${id}.${field}`);
  return {
    call: call(place, id, "redis", [
      { name: named(place, name, 40), engine_version: redisVersions[version] ?? version },
      { node_type: read("node_type"), shards: read("shards"), replicas: read("replicas"), snapshot_days: read("snapshot_days") },
      {
        subnet_ids: out("network", "private_subnet_ids"),
        security_group_id: groupOf(name),
        kms_key_arn: out("encryption", "key_arn"),
      },
    ]),
    inputs: [
      {
        name: id,
        description: `How large ${name} is: without shards it is no cluster.`,
        type: cacheType,
        value: {
          node_type: one.size ?? "cache.t4g.small",
          shards: one.cluster === true ? 2 : undefined,
          replicas: doubled ? 1 : 0,
          snapshot_days: place.environment.production ? 7 : 0,
        },
      },
    ],
    outputs: [],
  };
}

const classes = {
  nearline: "STANDARD_IA",
  cool: "STANDARD_IA",
  coldline: "GLACIER_IR",
  glacier: "GLACIER",
  archive: "DEEP_ARCHIVE",
} as const;

export function bucketName(place: Place, name: string, { bucket: given }: Pick<OfKind<"bucket">, "bucket">): Value {
  // Names of buckets are the whole world's; the account's number makes one ours.
  return given ?? template(variable("name"), `-${name}-`, accountId);
}

function bucket(place: Place, name: string, one: OfKind<"bucket">): Made {
  const id = label(name);
  const { lifeCycle = [] } = one;
  const end = lifeCycle.find(({ to }) => to === "delete");
  const archive = lifeCycle.flatMap(({ after, to }) => (to === "delete" ? [] : [{ days: days(after, 1), class: classes[to] }]));
  return {
    call: call(place, id, "bucket", [
      {
        name: bucketName(place, name, one),
        account_id: accountId,
        kms_key_arn: out("encryption", "key_arn"),
        logs: { bucket: out("logs", "name") },
        force_destroy: expression("!var.deletion_protection"),
      },
      {
        archive: archive.length === 0 ? undefined : archive,
        expire_days: end === undefined ? undefined : days(end.after, 1),
        version_days: one.versions === undefined ? undefined : days(one.versions, 30),
      },
    ]),
    inputs: [],
    outputs: [{ name: `${id}_bucket`, description: `The bucket ${name}.`, value: out(id, "name") }],
  };
}
