import { heldInCloudWatch } from "./alarms.ts";
import { bytesOf, durationMs, shareOf } from "../../../lib/quantities.ts";
import type { EnvironmentService } from "../../../spec/environment.ts";
import { callsOf, variablesOf } from "../../variables.ts";
import { type Expression, type Value, attributes, block, expression, quoted, template } from "../../text/hcl.ts";
import { word } from "../../text/shell.ts";
import { registryOf } from "./accounts.ts";
import { type Call, type Input, type Part, type Place, call, label, otherThan, out, part, variable } from "./place.ts";
import { assetsUrl, servesAssets } from "./entrance.ts";
import { groupOf } from "./network.ts";
import { permissionsOf, permissionsValue, sharedName, sharedPermissions } from "./permissions.ts";
import { plainValue, secretOf } from "./env.ts";
import { ownOf, usersOf } from "./resources.ts";

/** Where health is answered by what nobody else calls. */
const ownPort = 8080;

/** The cluster, and a service in it for each of the spec's that runs, and for what they use that no service of AWS is. */
export function services(place: Place): Part {
  const { environment } = place;
  const running = Object.entries(environment.services).filter(([, { kind }]) => kind !== "cron");
  const scanners = ownOf(place, "scanner");
  const shared = sharedPermissions(running.map(([name, one]) => permissionsOf(place, one.account ?? name, one)));
  const calls: Call[] = [
    call(place, "cluster", "ecs_cluster", {
      name: variable("name"),
      vpc_id: out("network", "vpc_id"),
      blue_green: shifted(place) ? true : undefined,
    }),
    ...running.map(([name, one]) => serviceCall(place, name, one, shared)),
    ...scanners.map(([name, { port = 3310, container }]) =>
      scannerCall(place, name, port, container?.image ?? "clamav/clamav:1.4"),
    ),
  ];
  const sizes: [string, Value][] = [
    ...running.map(([name, one]): [string, Value] => [name, sizeOf(one)]),
    // The signatures alone take more than 2 GB, twice that while they are replaced.
    ...scanners.map(([name]): [string, Value] => [name, { cpu: 1024, memory: 4096, scale: { min: 1, max: 1 } }]),
  ];
  const locals = Object.fromEntries([...shared].map(([on, statements]) => [sharedName(on), statements]));
  return part("services.tf", calls, {
    entries: shared.size === 0 ? [] : [block("locals", [], attributes(locals), "What several services may do alike.")],
    inputs: [
      {
        name: "services",
        description: "The size of each service (1024 CPU units are a vCPU, memory is in MiB), and how many tasks it has.",
        type: sizeType,
        value: Object.fromEntries(sizes),
      },
      {
        name: "image_tag",
        description:
          "The version in the first task definitions. Under the usual one there is no image: tasks start with the first release.",
        type: "string",
        value: "unreleased",
        usual: true,
      } satisfies Input,
    ],
    outputs: [
      { name: "cluster_name", description: "The cluster that releases go to.", value: out("cluster", "name") },
      {
        name: "task_families",
        description: "The families that releases register task definitions in, by service.",
        value: Object.fromEntries(running.map(([name]) => [name, out(label(name), "task_family")])),
      },
      {
        name: "service_subnet_ids",
        description: "Where a task that runs once, such as a migration, runs too.",
        value: out("network", "private_subnet_ids"),
      },
      {
        name: "security_group_ids",
        description: "The security groups, by what they are for.",
        value: out("firewall", "group_ids"),
      },
    ],
  });
}

const sizeType = `map(object({
    cpu    = number
    memory = number
    scale = object({
      min            = number
      max            = number
      cpu_percent    = optional(number)
      memory_percent = optional(number)
    })
  }))`;

function sizeOf({ size, scale }: EnvironmentService): Value {
  const percent = (share: string | undefined) => (share === undefined ? undefined : Math.round(shareOf(share) * 100));
  return {
    cpu: Math.round((size?.cpu ?? 0.5) * 1024),
    memory: Math.round(bytesOf(size?.memory ?? "1Gi") / 2 ** 20),
    scale: {
      min: scale?.min ?? 1,
      max: Math.max(scale?.max ?? 1, scale?.min ?? 1),
      cpu_percent: percent(scale?.on?.cpu),
      memory_percent: percent(scale?.on?.memory),
    },
  };
}

/** Whether releases fill a second group and move traffic to it. */
export function shifted({ environment }: Place): boolean {
  return (
    environment.hosts.length > 0 && (environment.release?.strategy === "blue-green" || environment.release?.strategy === "canary")
  );
}

/** The repositories of what is built here. */
export function repositoriesOf({ environment }: Place): readonly string[] {
  const built = Object.entries(environment.services).filter(([, { build }]) => build !== undefined);
  return [...new Set(built.map(([name, one]) => repositoryOf(name, one)))];
}

/** What stands between the registry's host and the version. */
function repositoryOf(name: string, { build, image }: EnvironmentService): string {
  const inEcr = /\.amazonaws\.com\/(.+?)(?::[^/]*)?$/.exec(image ?? "")?.[1];
  return inEcr ?? build?.image ?? name;
}

function serviceCall(place: Place, name: string, one: EnvironmentService, shared: ReturnType<typeof sharedPermissions>): Call {
  const { environment } = place;
  const id = label(name);
  const balanced = one.port !== undefined && environment.hosts.some(({ service }) => service === name);
  const called = one.port !== undefined && Object.values(environment.services).some((other) => callsOf(other).includes(name));
  const port = one.port ?? (one.health === undefined ? undefined : ownPort);
  const variables = variablesOf(environment, one);
  const plain = variables.flatMap((given) => {
    const value = plainValue(place, given);
    return value === undefined ? [] : [[given.name, value] as const];
  });
  const secret = variables.flatMap((given) => {
    const from = secretOf(place, given);
    return from === undefined ? [] : [[given.name, expression(`module.secrets.arns[${quoted(from)}]`)] as const];
  });
  const permissions = permissionsValue(permissionsOf(place, one.account ?? name, one), shared);
  const health = one.health?.path;
  return call(
    place,
    id,
    "ecs_service",
    [
      {
        name,
        cluster_name: out("cluster", "name"),
        region: variable("region"),
        ...imageInputs(place, name, one),
        ...sizeInputs(name),
        port: balanced || called ? port : undefined,
        stop_seconds: otherThan(30, Math.min(120, Math.max(1, Math.round(durationMs(one.drain ?? "30s") / 1000)))),
        health_command:
          balanced || health === undefined
            ? undefined
            : ["CMD-SHELL", `curl -fsS ${word(`http://127.0.0.1:${port}${health}`)} || exit 1`],
      },
      {
        environment: {
          ...(port === undefined ? {} : { PORT: String(port) }),
          ...(one.kind === "frontend" && servesAssets(environment) ? { ASSETS_URL: assetsUrl } : {}),
          ...Object.fromEntries(plain),
        } as Value,
        secrets: secret.length === 0 ? undefined : (Object.fromEntries(secret) as Value),
        secrets_key_arn: secret.length === 0 ? undefined : out("encryption", "key_arn"),
      },
      permissions === undefined ? {} : { permissions },
      called ? { discovery: { namespace_id: out("cluster", "namespace_id") } } : {},
      placed(name),
      balanced ? traffic(place, name) : {},
    ].filter((group) => Object.keys(group).length > 0),
  );
}

/** Where its image comes from: the registry here, one that environments share, or a public one. */
function imageInputs(place: Place, name: string, one: EnvironmentService): Readonly<Record<string, Value | undefined>> {
  if (one.build === undefined) return { image: one.image };
  const repository = repositoryOf(name, one);
  const shared = registryOf(place.environment)?.shared;
  if (shared !== undefined)
    return {
      image: template((one.image ?? name).replace(/:[^/:]*$/, ""), ":", variable("image_tag")),
      repository_arn: template("arn:aws:ecr:", variable("region"), `:${shared}:repository/${repository}`),
    };
  return {
    image: template(expression(`module.registry.urls[${quoted(repository)}]`), ":", variable("image_tag")),
    repository_arn: expression(`module.registry.arns[${quoted(repository)}]`),
  };
}

function sizeInputs(name: string): Readonly<Record<string, Value>> {
  const read = (field: string) => expression(`var.services${/^[a-z_]+$/.test(name) ? `.${name}` : `[${quoted(name)}]`}.${field}`);
  return { cpu: read("cpu"), memory: read("memory"), scale: read("scale") };
}

function placed(group: string): Readonly<Record<string, Value>> {
  return {
    subnet_ids: out("network", "private_subnet_ids"),
    security_group_id: groupOf(group),
    logs_key_arn: out("encryption", "key_arn"),
  };
}

function traffic(place: Place, name: string): Readonly<Record<string, Value>> {
  const { release } = place.environment;
  const groups = expression(`module.load_balancer.target_groups[${quoted(name)}]`);
  const alarms = rollbackAlarms(place, name);
  const back = alarms.length === 0 ? {} : { rollback_alarms: alarms };
  if (!shifted(place)) return { target_groups: groups, ...back };
  const retire = release?.strategy === "blue-green" ? release.retireAfter : undefined;
  return {
    target_groups: groups,
    blue_green: {
      app_name: expression("module.cluster.blue_green.app_name"),
      role_arn: expression("module.cluster.blue_green.role_arn"),
      listener_arn: out("load_balancer", "listener_arn"),
      ...(release?.strategy === "canary" ? { shift: "CodeDeployDefault.ECSCanary10Percent5Minutes" } : {}),
      ...(retire === undefined ? {} : { retire_minutes: otherThan(60, Math.round(durationMs(retire) / 60_000)) }),
    },
    ...back,
  };
}

/** Errors of the service are the one alarm that says something about its release. */
function rollbackAlarms(place: Place, name: string): readonly Expression[] {
  const inPromql = new Set(heldInCloudWatch(place).flatMap((one) => ("promql" in one ? [one.rule.name] : [])));
  return Object.entries(place.environment.alerts).flatMap(([alert, { when }]) => {
    if (!isErrorRateOf(when, name)) return [];
    return [expression(`module.${inPromql.has(alert) ? "promql_alarms" : "monitoring"}.alarm_names[${quoted(alert)}]`)];
  });
}

function isErrorRateOf(when: unknown, service: string): boolean {
  const { signal } = when as { readonly signal?: { readonly measure?: string; readonly of?: { readonly ref?: string } } };
  return signal?.measure === "errorRate" && signal.of?.ref === `services.${service}`;
}

function scannerCall(place: Place, name: string, port: number, image: string): Call {
  return call(
    place,
    label(name),
    "ecs_service",
    [
      { name, cluster_name: out("cluster", "name"), region: variable("region"), image, ...sizeInputs(name), port },
      {
        health_command: ["CMD-SHELL", "clamdcheck.sh"],
        discovery: { namespace_id: out("cluster", "namespace_id") },
      },
      placed(name),
    ],
    {
      comment: `No service of AWS scans files: ${usersOf(place, name).join(" and ")} find this one by its name inside the network.`,
    },
  );
}
