import { refName } from "../../../spec/derive.ts";
import { bytesOf, durationMs } from "../../../lib/quantities.ts";
import { identifier, shortName } from "../../names.ts";
import { type Entry, attributes, attribute, expression, gap, template } from "../../text/hcl.ts";
import type { GoogleEnvironment, Part, Place, Variable } from "./place.ts";
import { call, labelOf, outputOf, projectOf, region } from "./place.ts";
import type { LibraryModule } from "./modules.ts";

// What services keep their data in.

type Resource = GoogleEnvironment["resources"][string];
type Of<Kind extends Resource["kind"]> = Extract<Resource, { kind: Kind }>;
type Made = {
  readonly entries: readonly Entry[];
  readonly modules: readonly LibraryModule[];
  readonly variables?: readonly Variable[];
};

const dayMs = 24 * 3_600_000;

export function resources(place: Place): Part {
  const made = Object.entries(place.environment.resources).map(([name, resource]) =>
    resource.external || (place.standby && lasting.includes(resource.kind)) ? nothing : resourceOf(place, name, resource),
  );
  const stopped = offHours(place);
  return {
    file: "data.tf",
    entries: [...made, stopped].flatMap(({ entries }) => entries),
    modules: [...made, stopped].flatMap(({ modules }) => modules),
    variables: made.flatMap(({ variables = [] }) => variables),
  };
}

/** What a standby finds and does not make. */
const lasting: readonly Resource["kind"][] = ["bucket", "kms", "topic", "queue"];

const nothing: Made = { entries: [], modules: [] };

function resourceOf(place: Place, name: string, resource: Resource): Made {
  switch (resource.kind) {
    case "postgres":
      return postgres(place, name, resource);
    case "redis":
      return redis(place, name, resource);
    case "bucket":
      return bucket(place, name, resource);
    case "kms":
      return kms(place, name, resource);
    case "topic":
      return topic(place, name, resource.keep);
    case "queue":
      return resource.on === undefined ? queue(place, name, resource) : nothing;
    default:
      return nothing;
  }
}

/** The name of an instance, as scripts and pipelines have it too. */
export function instanceName({ subject }: Pick<Place, "subject">, name: string, resource: Resource, most: number): string {
  return resource.instance ?? shortName(`${subject.name}-${name}`, most);
}

function postgres(place: Place, name: string, resource: Of<"postgres">): Made {
  const { environment, subject } = place;
  const label = labelOf(place, "resources", name);
  const database = resource.database ?? identifier(subject.name).toLowerCase();
  const user = resource.user ?? identifier(subject.name).toLowerCase();
  const pitr = resource.backup?.pitr;
  const made = call(
    place,
    "cloud_sql_postgres",
    label,
    [
      ...attributes({
        project: projectOf(place),
        region,
        name: instanceName(place, name, resource, 80),
        postgres_version: resource.version,
        tier: expression(`var.${label}.tier`),
        high_availability: expression(`var.${label}.high_availability`),
        max_connections: expression(`var.${label}.max_connections`),
        network: outputOf(place, "network", "network", "private_services"),
      }),
      gap,
      ...attributes({ database, user, url_secret: urlSecret(place, name, resource) }),
      ...(pitr === undefined ? [] : attributes({ backup: { pitr_days: wholeDays(pitr) } })),
      ...(environment.production === true ? [] : attributes({ deletion_protection: false })),
    ],
    resource.autoRestart === false
      ? "Stopped out of hours. Cloud SQL knows no auto_restart: a stopped instance stays so until it is started."
      : undefined,
  );
  const limit = environment.limits?.connections;
  const variables: readonly Variable[] = [
    {
      name: label,
      what: `The size of the database ${name}.`,
      type: expression("object({ tier = string, high_availability = bool, max_connections = number })"),
      value: {
        tier: resource.size ?? "db-custom-1-3840",
        high_availability: resource.highAvailability === true,
        max_connections: Math.min(limit ?? Number.POSITIVE_INFINITY, resource.maxConnections ?? 100),
      },
    },
  ];
  const dump = dumpOf(place, name, resource, label, database);
  return {
    entries: [made, ...dump.entries],
    modules: ["cloud_sql_postgres", "network", ...dump.modules],
    variables,
  };
}

/** The secret that holds a database's whole address: each region's has its own. */
function urlSecret({ standby }: Place, name: string, resource: Resource): string {
  return `${refName(resource.urlIn, "secrets") ?? `${name}-url`}${standby ? "-standby" : ""}`;
}

function dumpOf(place: Place, name: string, { backup }: Of<"postgres">, label: string, database: string): Made {
  const to = refName(backup?.to, "resources");
  if (backup?.dump === undefined || to === undefined) return nothing;
  const beforeStop = backup.dump === "daily" ? hourBeforeStop(place, name) : undefined;
  const bucketName = outputOf(place, "bucket", labelOf(place, "resources", to), "name");
  return {
    entries: [
      call(place, "cloud_sql_dump", `${label}_dump`, [
        ...attributes({
          project: projectOf(place),
          region,
          account_id: shortName(`${name}-dump`, 24),
          instance: outputOf(place, "cloud_sql_postgres", label, "name"),
          instance_service_account: outputOf(place, "cloud_sql_postgres", label, "service_account"),
          database,
          bucket: bucketName,
        }),
        ...attribute(
          "schedule",
          beforeStop ?? scheduleOf(backup.dump),
          beforeStop && "While it runs: it is stopped an hour later.",
        ),
      ]),
    ],
    modules: ["cloud_sql_dump"],
  };
}

/** A database that is stopped at night is dumped before. */
function hourBeforeStop({ environment: { offHours: off } }: Place, name: string): string | undefined {
  if (!off?.stop.some((one) => refName(one, "resources") === name)) return undefined;
  const [, hour = "", ...days] = off.from.split(" ");
  return /^\d+$/.test(hour) ? ["0", String((Number(hour) + 23) % 24), ...days].join(" ") : undefined;
}

const schedules: Readonly<Record<string, string>> = { hourly: "15 * * * *", daily: "15 1 * * *", weekly: "15 1 * * 0" };

function scheduleOf(dump: string): string {
  return schedules[dump] ?? dump;
}

function redis(place: Place, name: string, resource: Of<"redis">): Made {
  const label = labelOf(place, "resources", name);
  return {
    entries: [
      call(place, "redis_memorystore", label, [
        ...attributes({
          project: projectOf(place),
          region,
          name: instanceName(place, name, resource, 40),
          redis_version: redisVersion(resource.version),
          tier: expression(`var.${label}.tier`),
          memory_gb: expression(`var.${label}.memory_gb`),
          network: outputOf(place, "network", "network", "private_services"),
          encrypted: resource.encrypted === false ? false : undefined,
        }),
      ]),
    ],
    modules: ["redis_memorystore", "network"],
    variables: [
      {
        name: label,
        what: `The size of the Redis ${name}.`,
        type: expression("object({ tier = string, memory_gb = number })"),
        value: {
          tier: resource.tier === "standard" ? "STANDARD_HA" : "BASIC",
          memory_gb: Math.max(1, Math.ceil(bytesOf(resource.memory ?? "1Gi") / bytesOf("1Gi"))),
        },
      },
    ],
  };
}

function redisVersion(version: Of<"redis">["version"]): string {
  const [major = "7", minor] = String(version).split(".");
  const usual: Readonly<Record<string, string>> = { "6": "X", "7": "2" };
  return `REDIS_${major}_${major === "6" ? "X" : (minor ?? usual[major] ?? "0")}`;
}

function bucket(place: Place, name: string, resource: Of<"bucket">): Made {
  if (resource.engine === "minio") return nothing;
  const days = resource.versions === undefined ? undefined : wholeDays(resource.versions);
  const replicas = (resource.replicas ?? []).flatMap(({ region: other }) => other ?? []);
  const ages = (resource.lifeCycle ?? []).map(({ after, to }) => ({ after_days: wholeDays(after), to: classes[to] }));
  return {
    entries: [
      call(place, "bucket", labelOf(place, "resources", name), [
        ...attributes({
          project: projectOf(place),
          region,
          name: resource.bucket ?? template(projectOf(place), `-${shortName(name, 32)}`),
          replica_regions: replicas.length === 0 ? undefined : replicas,
          versions_days: days,
          life_cycle: ages.length === 0 ? undefined : ages,
        }),
      ]),
    ],
    modules: ["bucket"],
  };
}

const classes = {
  nearline: "NEARLINE",
  coldline: "COLDLINE",
  archive: "ARCHIVE",
  glacier: "ARCHIVE",
  cool: "NEARLINE",
  delete: "DELETE",
} as const;

function kms(place: Place, name: string, resource: Of<"kms">): Made {
  const abroad = place.environment.standby !== undefined;
  return {
    entries: [
      call(place, "kms_key", labelOf(place, "resources", name), [
        ...attributes({ project: projectOf(place) }),
        ...(abroad
          ? attribute("location", "us", "In several regions: the standby opens what was sealed here.")
          : attribute("location", region)),
        ...attributes({
          name: shortName(name, 63),
          rotation_days: resource.rotate === undefined ? undefined : wholeDays(resource.rotate),
        }),
      ]),
    ],
    modules: ["kms_key"],
  };
}

function topic(place: Place, name: string, keep: string | undefined): Made {
  return {
    entries: [
      call(place, "pubsub_topic", labelOf(place, "resources", name), [
        ...attributes({
          project: projectOf(place),
          name: topicName(name),
          keep_seconds: keep === undefined ? undefined : Math.round(durationMs(keep) / 1_000),
        }),
      ]),
    ],
    modules: ["pubsub_topic"],
  };
}

function queue(place: Place, name: string, resource: Of<"queue">): Made {
  return {
    entries: [
      call(place, "pubsub_topic", labelOf(place, "resources", name), [
        ...attributes({
          project: projectOf(place),
          name: topicName(name),
          subscriptions: [topicName(name)],
          tries: resource.tries,
        }),
      ]),
    ],
    modules: ["pubsub_topic"],
  };
}

/** Pub/Sub takes three letters at least, and keeps names that begin with goog to itself. */
export function topicName(name: string): string {
  const short = shortName(name, 200);
  return short.length < 3 || short.startsWith("goog") ? `topic-${short}` : short;
}

function offHours(place: Place): Made {
  const { offHours: off, resources: all } = place.environment;
  if (off === undefined) return nothing;
  const stopped = off.stop.flatMap((one) => {
    const name = refName(one, "resources");
    return name !== undefined && all[name]?.kind === "postgres" ? [labelOf(place, "resources", name)] : [];
  });
  if (stopped.length === 0) return nothing;
  return {
    entries: [
      call(place, "off_hours", "off_hours", [
        ...attributes({
          project: projectOf(place),
          region,
          instances: Object.fromEntries(
            stopped.map((label) => [label, outputOf(place, "cloud_sql_postgres", label, "name")] as const),
          ),
          stop: off.from,
          start: off.until,
        }),
      ]),
    ],
    modules: ["off_hours"],
  };
}

export function wholeDays(duration: string): number {
  return Math.max(1, Math.round(durationMs(duration) / dayMs));
}
