import { hasStandby } from "../../kubernetes/standby.ts";
import { type Entry, attribute, attributes, block, expression, gap, quoted, template } from "../../text/hcl.ts";
import { clusterCalls, firewall } from "./cluster.ts";
import { copiesMinio } from "./minio-secrets.ts";
import { zonesOf } from "./network.ts";
import { type Call, type Part, type Place, accountId, call, label, named, out, part, variable } from "./place.ts";
import { standby } from "./region.ts";
import { type OfKind, ownOf, replicaElsewhere } from "./resources.ts";
import { workloads } from "./workloads.ts";

/** What the second region has: as much as it takes to go on there, warm. */
export function standbyPart(place: Place): Part {
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
    ...keysThere(place),
    ...(hasStandby(place.environment) ? [...clusterCalls(place, standby), workloads(place, standby)] : []),
    ...ownOf(place, "postgres").flatMap(([name, one]) => {
      const replica = replicaElsewhere(place, one);
      return replica === undefined ? [] : [replicaCall(place, name, one)];
    }),
  ];
  const { range = "10.0.0.0/16" } = place.environment.network ?? {};
  return part("standby.tf", calls, {
    entries: [zonesOf("aws.standby"), ...(copiesMinio(place) ? joined() : [])],
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

/** What services encrypted in the first region they have to be able to read in the second: the same keys, there. */
function keysThere(place: Place): readonly Call[] {
  return ownOf(place, "kms").map(([name, { perTenant }]) => {
    const id = label(name);
    return call(
      place,
      `${id}_standby`,
      "encryption_replica",
      {
        prefix: template(variable("name"), perTenant === true ? `/${name}/` : `/${name}`),
        account_id: accountId,
        keys: perTenant === true ? out(id, "key_arns") : { "": out(id, "key_arn") },
      },
      standby.how,
    );
  });
}

/** The two networks, joined: MinIO copies from the one to the other. */
function joined(): readonly Entry[] {
  const there = attribute("provider", expression("aws.standby"));
  const peering = expression("aws_vpc_peering_connection_accepter.standby.vpc_peering_connection_id");
  const route = (name: string, from: string, cidr: string, provider: readonly Entry[]) =>
    block(
      "resource",
      ["aws_route", name],
      [
        ...provider,
        ...attribute("for_each", out(from, "private_route_table_ids")),
        gap,
        ...attributes({
          route_table_id: expression("each.value"),
          destination_cidr_block: variable(cidr),
          vpc_peering_connection_id: peering,
        }),
      ],
    );
  return [
    block(
      "resource",
      ["aws_vpc_peering_connection", "standby"],
      attributes({
        vpc_id: out("network", "vpc_id"),
        peer_vpc_id: out("network_standby", "vpc_id"),
        peer_region: standby.region,
      }),
      "The networks of the two regions are joined, so that MinIO can copy from one to the other.",
    ),
    block(
      "resource",
      ["aws_vpc_peering_connection_accepter", "standby"],
      [
        ...there,
        ...attributes({
          vpc_peering_connection_id: expression("aws_vpc_peering_connection.standby.id"),
          auto_accept: true,
        }),
      ],
    ),
    route("to_standby", "network", "standby_cidr", []),
    route("from_standby", "network_standby", "cidr", there),
  ];
}

function replicaCall(place: Place, name: string, one: OfKind<"postgres">): Call {
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
