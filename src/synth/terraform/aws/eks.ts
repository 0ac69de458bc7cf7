import { namespaceOf } from "../../kubernetes/namespace.ts";
import { accountOf } from "../../kubernetes/values.ts";
import { workloadsOf } from "../../kubernetes/workload.ts";
import { type Expression, type Value, expression, quoted, template } from "../../text/hcl.ts";
import { backups, minio } from "./minio.ts";
import { network, zonesOf } from "./network.ts";
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
import { permissionsOf } from "./permissions.ts";
import { type OfKind, ownOf } from "./resources.ts";
import { deployer } from "./deployer.ts";
import { security } from "./security.ts";
import { stores } from "./stores.ts";
import { watching } from "./watching.ts";

/** One of the regions: what its modules' labels end in, which provider makes them, and what they are named after. */
export type Region = {
  readonly suffix: "" | "_standby";
  readonly region: Expression;
  readonly name: Value;
  readonly how: { readonly providers?: Readonly<Record<string, string>> };
};

const here: Region = { suffix: "", region: variable("region"), name: variable("name"), how: {} };
const standby: Region = {
  suffix: "_standby",
  region: variable("standby_region"),
  name: template(variable("name"), "-standby"),
  how: { providers: { aws: "aws.standby" } },
};

/** A product on EKS: in its region, and as far as the spec says in the one that stands by. */
export function eksParts(place: Place): readonly Part[] {
  const parts = [
    network(place),
    part("main.tf", [firewall(place, here), ...clusterCalls(place, here)], {
      inputs: clusterInputs(place),
      outputs: outputs(place),
    }),
    stores(place),
    backups(place),
    security(place),
    part("security.tf", [workloads(place, here)]),
    deployer(place),
    watching(place),
    minio(place, here),
    ...(place.environment.standby === undefined ? [] : [standbyPart(place), minio(place, standby)]),
  ];
  return parts.filter((one) => one !== undefined);
}

function clusterCalls(place: Place, { suffix, name, how }: Region): readonly Call[] {
  return [
    call(
      place,
      `load_balancer${suffix}`,
      "ingress_address",
      { name, subnet_ids: out(`network${suffix}`, "public_subnet_ids") },
      how,
    ),
    call(
      place,
      `cluster${suffix}`,
      "eks_cluster",
      [
        { name, kubernetes_version: variable("kubernetes_version"), nodes: variable("nodes") },
        {
          subnet_ids: out(`network${suffix}`, "private_subnet_ids"),
          node_security_group_id: expression(`module.firewall${suffix}.group_ids["nodes"]`),
          kms_key_arn: out(`encryption${suffix}`, "key_arn"),
          api_cidrs: variable("api_cidrs"),
          administrators:
            deployer(place) === undefined ? undefined : { deploy: expression('module.deployer.role_arns["deploy"]') },
        },
      ],
      how,
    ),
    call(place, `scaling${suffix}`, "node_scaling", { cluster_name: out(`cluster${suffix}`, "name") }, how),
  ];
}

/** Pods come in by the cluster's own group; this one says what else they reach. */
function firewall(place: Place, { suffix, name, how }: Region): Call {
  const databases = ownOf(place, "postgres").filter(([, one]) => suffix === "" || replicaElsewhere(place, one) !== undefined);
  const caches = suffix === "" ? ownOf(place, "redis") : [];
  const kept = [...databases.map(([id]) => [id, 5432] as const), ...caches.map(([id]) => [id, 6379] as const)];
  return call(
    place,
    `firewall${suffix}`,
    "firewall",
    [
      { name, vpc_id: out(`network${suffix}`, "vpc_id") },
      {
        groups: {
          nodes: "Nodes of the cluster",
          ...(Object.fromEntries(kept.map(([id]) => [id, `What answers as ${id}`])) as Record<string, Value>),
        },
      },
      { rules: Object.fromEntries(kept.map(([id, port]) => [`${id}-from-nodes`, { from: "nodes", to: id, port }])) as Value },
    ],
    how,
  );
}

const nodesType = `map(object({
    instance_types = list(string)
    min            = number
    max            = number
  }))`;

function clusterInputs(place: Place): readonly Input[] {
  const zones = place.environment.network?.zones ?? 3;
  return [
    { name: "kubernetes_version", description: "The version of Kubernetes.", type: "string", value: "1.33" },
    {
      name: "nodes",
      description: "Groups of nodes: their machines, and how many there are.",
      type: nodesType,
      value: { general: { instance_types: ["m7g.large"], min: zones, max: 3 * zones } },
    },
    {
      name: "api_cidrs",
      description: "Ranges from which people and pipelines reach the cluster's API; without any only the network does.",
      type: "list(string)",
      value: [],
    },
  ];
}

function outputs(place: Place): readonly Output[] {
  const regions = place.environment.standby === undefined ? [here] : [here, standby];
  return regions.flatMap(({ suffix }) => [
    {
      name: `cluster_name${suffix}`,
      description: suffix === "" ? "The cluster." : "The cluster of the region that stands by.",
      value: out(`cluster${suffix}`, "name"),
    },
    {
      name: `addresses${suffix}`,
      description: suffix === "" ? "What the product's host names lead to." : "What they lead to after a cut-over.",
      value: out(`load_balancer${suffix}`, "addresses"),
    },
  ]);
}

/** Service accounts that use AWS: those with grants, and whoever brings secrets into the cluster. */
function workloads(place: Place, { suffix, how }: Region): Call {
  const namespace = namespaceOf(place.subject, place.environment);
  const own = workloadsOf(place.environment).flatMap((workload) => {
    const statements = [...permissionsOf(place, accountOf(workload), workload.service)].flatMap(([, one]) => Object.entries(one));
    if (statements.length === 0 || suffix !== "") return [];
    const value: Value = { namespace, service_account: workload.name, permissions: Object.fromEntries(statements) };
    return [[workload.name, value] as const];
  });
  const copies = (name: string): Value =>
    suffix === ""
      ? expression(`values(module.secrets.${name})`)
      : expression(
          `[for name in keys(module.secrets.arns) : "arn:aws:secretsmanager:\${var.standby_region}:\${local.account_id}:secret:\${name}-*"]`,
        );
  const operator: Value = {
    namespace: "external-secrets",
    service_account: "external-secrets",
    permissions: {
      secrets: { actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], resources: copies("arns") },
      encryption: { actions: ["kms:Decrypt"], resources: [out(`encryption${suffix}`, "key_arn")] },
    },
  };
  return call(
    place,
    `workloads${suffix}`,
    "workload_roles",
    {
      cluster_name: out(`cluster${suffix}`, "name"),
      workloads: { ...(Object.fromEntries(own) as Record<string, Value>), "external-secrets": operator },
    },
    how,
  );
}

type Database = OfKind<"postgres">;

function replicaElsewhere(place: Place, { replicas = [] }: Database): { readonly size?: string | undefined } | undefined {
  return replicas.find(({ region }) => region !== undefined && region === place.environment.standby?.region);
}

/** What the second region has: as much as it takes to go on there, warm. */
function standbyPart(place: Place): Part {
  const cold = place.environment.standby?.mode === "cold";
  const calls: Call[] = [
    call(
      place,
      "network_standby",
      "network",
      {
        name: standby.name,
        region: standby.region,
        cidr: variable("standby_cidr"),
        availability_zones: expression("slice(sort(data.aws_availability_zones.standby.names), 0, var.zones)"),
        nat_in_each_zone: variable("nat_in_each_zone"),
        kms_key_arn: out("encryption_standby", "key_arn"),
      },
      standby.how,
    ),
    call(
      place,
      "encryption_standby",
      "encryption",
      {
        name: standby.name,
        description: "Copies of everything that is stored",
        account_id: accountId,
        services: [template("logs.", standby.region, ".amazonaws.com")],
      },
      standby.how,
    ),
    firewall(place, standby),
    ...(cold ? [] : [...clusterCalls(place, standby), workloads(place, standby)]),
    ...ownOf(place, "postgres").flatMap(([name, one]) => {
      const replica = replicaElsewhere(place, one);
      return replica === undefined ? [] : [replicaCall(place, name, one)];
    }),
  ];
  const { range = "10.0.0.0/16" } = place.environment.network ?? {};
  return part("standby.tf", calls, {
    entries: [zonesOf("aws.standby")],
    inputs: [
      {
        name: "standby_cidr",
        description: "The range of the second region's network: another, so that the two can be joined.",
        type: "string",
        value: nextRange(range),
      },
    ],
    outputs: ownOf(place, "postgres").flatMap(([name, one]) =>
      replicaElsewhere(place, one) === undefined
        ? []
        : [
            {
              name: `${label(name)}_standby_identifier`,
              description: `The replica of ${name} that is promoted when the first region is lost.`,
              value: out(`${label(name)}_standby`, "identifier"),
            },
          ],
    ),
  });
}

function replicaCall(place: Place, name: string, one: Database): Call {
  const id = label(name);
  return call(
    place,
    `${id}_standby`,
    "postgres_replica",
    [
      {
        identifier: named(place, `${name}-standby`, 63),
        source_arn: out(id, "arn"),
        engine_version: one.version ?? 16,
        instance_class: expression(`var.${id}.instance_class`),
        max_connections: expression(`var.${id}.max_connections`),
        backup_days: expression(`var.${id}.backup_days`),
      },
      {
        subnet_ids: out("network_standby", "private_subnet_ids"),
        security_group_id: expression(`module.firewall_standby.group_ids[${quoted(name)}]`),
        kms_key_arn: out("encryption_standby", "key_arn"),
        deletion_protection: variable("deletion_protection"),
      },
    ],
    standby.how,
  );
}

/** 10.0.0.0/16 is followed by 10.1.0.0/16. */
function nextRange(range: string): string {
  const [first = "10", second = "0", ...rest] = range.split(".");
  return [first, String((Number(second) + 1) % 256), ...rest].join(".");
}
