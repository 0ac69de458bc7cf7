import {
  type Entry,
  attribute,
  attributes,
  block,
  expression,
  gap,
  keyText,
  quoted,
  template,
  valueText,
} from "../../text/hcl.ts";
import { call, eachOf, endpoints, lines, regionalPlace, registryId, tags } from "./calls.ts";
import { labelOf } from "./modules.ts";
import type { Plan } from "./plan.ts";

// What every region has: its network, who may pass in it, its keys, its cluster and machines, its way in.

export function resourceGroups(): Entry {
  return block(
    "resource",
    ["azurerm_resource_group", "this"],
    [
      ...attribute("for_each", expression("var.regions")),
      gap,
      ...attributes({
        name: expression("each.value.name"),
        location: expression("each.key"),
        ...tags,
      }),
    ],
  );
}

export function network(plan: Plan): Entry {
  return call(
    plan,
    "network",
    [
      regionalPlace,
      {
        range: expression("each.value.range"),
        zones: expression("var.zones"),
        linked_services: plan.registry.owned ? undefined : { registry: expression("var.registry_id") },
      },
    ],
    { regional: true },
  );
}

/** Two networks are joined from both sides. */
export function peering(plan: Plan): readonly Entry[] {
  if (plan.regions.length < 2) return [];
  const label = labelOf(plan, "network");
  return [
    block(
      "resource",
      ["azurerm_virtual_network_peering", "this"],
      [
        ...attribute(
          "for_each",
          lines(
            "{",
            "  for pair in setproduct(keys(var.regions), keys(var.regions)) :",
            '  "${pair[0]}-${pair[1]}" => { from = pair[0], to = pair[1] } if pair[0] != pair[1]',
            "}",
          ),
        ),
        gap,
        ...attributes({
          name: template("to-", expression("each.value.to")),
          resource_group_name: expression("azurerm_resource_group.this[each.value.from].name"),
          virtual_network_name: expression(`module.${label}[each.value.from].name`),
          remote_virtual_network_id: expression(`module.${label}[each.value.to].id`),
        }),
      ],
      "The regions' networks are joined, from both sides: replicas and copies go from one to the other.",
    ),
  ];
}

export function firewall(plan: Plan): Entry {
  const own = eachOf(plan, "network");
  return call(
    plan,
    "firewall",
    [
      regionalPlace,
      {
        node_subnets: expression(`${own}.node_subnets`),
        node_ranges: expression(`${own}.node_ranges`),
        database_subnet: expression(`${own}.database_subnet`),
        endpoint_subnet_id: expression(`${own}.endpoint_subnet.id`),
        peer_ranges:
          plan.regions.length > 1
            ? expression("[for name, region in var.regions : region.range if name != each.key]")
            : undefined,
      },
    ],
    { regional: true },
  );
}

export function encryption(plan: Plan): Entry {
  const rotated = ({ name, rotateDays }: Plan["keys"][number]) => `${keyText(name)} = { rotate_days = ${rotateDays} }`;
  const several = plan.regions.length > 1 && plan.keys.length > 0;
  const base = [
    { name: "data", rotateDays: 365 },
    { name: "disks", rotateDays: 365 },
  ].map(rotated);
  const own = plan.keys.map(rotated);
  const keys = several
    ? lines("merge(", `  { ${base.join(", ")} },`, `  each.key == var.region ? { ${own.join(", ")} } : {},`, ")")
    : expression(`{ ${[...base, ...own].join(", ")} }`);
  return call(
    plan,
    "encryption",
    [
      { ...regionalPlace, name: expression("each.value.key_vault") },
      {
        keys,
        administration_ranges: expression("var.administration_ranges"),
        endpoints: endpoints(plan),
      },
    ],
    {
      regional: true,
      ...(several
        ? {
            comment:
              "Each region has keys of its own for its disks and data; what services encrypt themselves they do with the live region's.",
          }
        : {}),
    },
  );
}

export function cluster(plan: Plan): Entry {
  const { cluster: given } = plan.environment;
  return call(
    plan,
    "cluster",
    [
      {
        ...regionalPlace,
        ...(given === undefined
          ? {}
          : { name: plan.regions.length > 1 ? template(`${given.name}-`, expression("each.key")) : given.name }),
      },
      {
        subnets: expression(`${eachOf(plan, "network")}.node_subnets`),
        api_ranges: expression("var.administration_ranges"),
        admin_groups: expression("var.admin_groups"),
        registry_id: expression(registryId(plan)),
        disk_encryption_set_id: expression(`${eachOf(plan, "encryption")}.disk_encryption_set_id`),
      },
    ],
    { regional: true },
  );
}

export function scaling(plan: Plan): Entry {
  return call(
    plan,
    "scaling",
    [
      {
        cluster_id: expression(`${eachOf(plan, "cluster")}.id`),
        subnets: expression(`${eachOf(plan, "network")}.node_subnets`),
        pools: expression("var.pools"),
        ...tags,
      },
    ],
    { regional: true },
  );
}

export function loadBalancer(plan: Plan): Entry {
  const zone = plan.environment.network?.dns === "azure dns" ? commonZone(plan) : undefined;
  const hosts = [...new Set(plan.environment.hosts.map(({ host }) => host))].toSorted();
  return call(
    plan,
    "load-balancer",
    [
      {
        name: regionalPlace.name,
        location: regionalPlace.location,
        zones: expression("var.zones"),
        cluster_principal_id: expression(`${eachOf(plan, "cluster")}.identity_principal_id`),
        dns_zone:
          zone === undefined
            ? undefined
            : plan.regions.length > 1
              ? expression(`each.key == var.region ? ${quoted(zone)} : null`)
              : zone,
        hosts:
          zone === undefined
            ? undefined
            : plan.regions.length > 1
              ? expression(`each.key == var.region ? ${valueText(hosts)} : []`)
              : hosts,
        ...tags,
      },
    ],
    { regional: true },
  );
}

/** The longest domain that all hosts are in, of two labels at least. */
function commonZone({ environment: { hosts } }: Plan): string | undefined {
  const split = hosts.map(({ host }) => host.split(".").toReversed());
  const [first = []] = split;
  const same = first.findIndex((label, index) => split.some((one) => one[index] !== label));
  const labels = same === -1 ? first : first.slice(0, same);
  const zone = labels.length > 2 && same === -1 ? labels.slice(0, -1) : labels;
  return zone.length >= 2 ? zone.toReversed().join(".") : undefined;
}

export function ingress(plan: Plan): readonly Entry[] {
  return [call(plan, "ingress", [controller(plan, "var.region")])];
}

/** The other region's way in stands ready for the names to be pointed at it. */
export function standbyIngress(plan: Plan): readonly Entry[] {
  if (plan.standby === undefined) return [];
  return [
    call(plan, "ingress", [controller(plan, quoted(plan.standby))], {
      label: `${labelOf(plan, "ingress")}_standby`,
      providers: { kubernetes: expression("kubernetes.standby") },
    }),
  ];
}

function controller(plan: Plan, region: string) {
  return {
    image: "registry.k8s.io/ingress-nginx/controller:v1.13.3",
    service_annotations: expression(`module.${labelOf(plan, "load-balancer")}[${region}].service_annotations`),
  };
}
