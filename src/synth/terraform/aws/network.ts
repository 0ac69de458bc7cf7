import { callsOf, resourcesOf } from "../../variables.ts";
import { type Value, block, expression, quoted } from "../../text/hcl.ts";
import { type Part, type Place, call, out, part, variable } from "./place.ts";
import { ownOf, usersOf } from "./resources.ts";

/** The network, over as many zones as the spec says. */
export function network(place: Place): Part {
  const { network: wanted, production } = place.environment;
  const zones = wanted?.zones ?? 3;
  return part(
    "main.tf",
    [
      call(place, "network", "network", {
        name: variable("name"),
        region: variable("region"),
        cidr: variable("cidr"),
        availability_zones: expression("slice(sort(data.aws_availability_zones.available.names), 0, var.zones)"),
        nat_in_each_zone: variable("nat_in_each_zone"),
        kms_key_arn: out("encryption", "key_arn"),
      }),
    ],
    {
      entries: [zonesOf()],
      inputs: [
        { name: "name", description: "What everything here is named after.", type: "string", value: place.name },
        { name: "zones", description: "In how many zones of the region there are subnets.", type: "number", value: zones },
        { name: "cidr", description: "The range of the network.", type: "string", value: wanted?.range ?? "10.0.0.0/16" },
        {
          name: "nat_in_each_zone",
          description: "Whether each zone has a NAT gateway of its own: losing a zone then cuts nobody else off.",
          type: "bool",
          value: production === true,
        },
      ],
    },
  );
}

/** Zones that every account has without asking for them. */
export function zonesOf(provider?: string): ReturnType<typeof block> {
  return block(
    "data",
    ["aws_availability_zones", provider === undefined ? "available" : "standby"],
    [
      ...(provider === undefined ? [] : [{ is: "attribute", name: "provider", value: expression(provider) } as const]),
      { is: "attribute", name: "state", value: "available" },
      block(
        "filter",
        [],
        [
          { is: "attribute", name: "name", value: "opt-in-status" },
          { is: "attribute", name: "values", value: ["opt-in-not-required"] },
        ],
      ),
    ],
  );
}

type Rule = { readonly from: string; readonly to: string; readonly port: number };

/** Who may talk to whom: what serves the world behind the load balancer, and what uses a store to that store. */
export function ecsFirewall(place: Place): Part {
  const { environment } = place;
  const groups: Record<string, string> = {};
  const rules: Rule[] = [];
  const outbound: Record<string, readonly number[]> = {};
  if (environment.hosts.length > 0) {
    groups["load-balancer"] = "What the world reaches";
    rules.push({ from: "world", to: "load-balancer", port: 443 }, { from: "world", to: "load-balancer", port: 80 });
  }
  for (const [name, service] of Object.entries(environment.services)) {
    groups[name] = `Tasks of ${name}`;
    if (service.port !== undefined && environment.hosts.some((host) => host.service === name))
      rules.push({ from: "load-balancer", to: name, port: service.port });
    for (const called of callsOf(service)) {
      const port = environment.services[called]?.port;
      if (port !== undefined) rules.push({ from: name, to: called, port });
    }
    outbound[name] = [443, ...outsidePorts(place, name)];
  }
  const stores = [
    ...ownOf(place, "postgres").map(([name]) => ({ name, what: "The database", port: 5432, reachesOut: false })),
    ...ownOf(place, "redis").map(([name]) => ({ name, what: "The cache", port: 6379, reachesOut: false })),
    ...ownOf(place, "scanner").map(([name, { port = 3310 }]) => ({ name, what: "The scanner", port, reachesOut: true })),
  ];
  for (const { name, what, port, reachesOut } of stores) {
    groups[name] = `${what} ${name}`;
    for (const from of usersOf(place, name)) rules.push({ from, to: name, port });
    if (reachesOut) outbound[name] = [443];
  }
  return part("main.tf", [
    call(place, "firewall", "firewall", [
      { name: variable("name"), vpc_id: out("network", "vpc_id") },
      { groups },
      { rules: Object.fromEntries(rules.map((rule) => [`${rule.to}-from-${rule.from}-${rule.port}`, rule as Value])) },
      { outbound },
    ]),
  ]);
}

/** The ports of what others run for a service; everything else outside is HTTPS. */
function outsidePorts({ environment }: Place, service: string): readonly number[] {
  const one = environment.services[service];
  const used = one === undefined ? [] : resourcesOf(one);
  const ports = used.flatMap((name) => {
    const resource = environment.resources[name];
    return resource?.external === true && resource.port !== undefined ? [resource.port] : [];
  });
  return [...new Set(ports)].filter((port) => port !== 443).toSorted((a, b) => a - b);
}

export function groupOf(name: string): Value {
  return expression(`module.firewall.group_ids[${quoted(name)}]`);
}

/** The first labels that all hosts end in: the zone that holds them. */
export function zoneOf(hosts: readonly string[]): string {
  const [first = "", ...others] = hosts;
  let zone = first;
  while (!others.every((one) => one === zone || one.endsWith(`.${zone}`)) && zone.split(".").length > 2)
    zone = zone.slice(zone.indexOf(".") + 1);
  return zone;
}

export function hostNames({ environment }: Place): readonly string[] {
  return [...new Set(environment.hosts.map(({ host }) => host))];
}
