import { durationMs } from "../../../lib/quantities.ts";
import { type Expression, type Value, template } from "../../text/hcl.ts";
import { type Call, type Part, type Place, call, label, named, otherThan, out, part, variable } from "./place.ts";
import { groupOf, hostNames, zoneOf } from "./network.ts";
import { elsewhereThanVirginia } from "./settings.ts";

const domain = variable("domain");
const assets = template("assets.", domain);
export const assetsUrl = template("https://assets.", domain);

const ruleGroups = {
  "owasp core": "AWSManagedRulesCommonRuleSet",
  "sql injection": "AWSManagedRulesSQLiRuleSet",
  "known bad inputs": "AWSManagedRulesKnownBadInputsRuleSet",
} as const;

/** How the world gets in: names, certificates, the load balancer, and what stands before it. */
export function entrance(place: Place): Part | undefined {
  const hosts = hostNames(place);
  if (hosts.length === 0) return undefined;
  const { network } = place.environment;
  const zone = zoneOf(hosts);
  const cdn = servesAssets(place.environment);
  const virginia = elsewhereThanVirginia(place);
  const first = hosts.includes(zone) ? zone : (hosts[0] ?? zone);
  const others = [
    ...hosts.filter((host) => host !== first).map((host) => under(host, zone)),
    ...(cdn && !virginia ? [assets] : []),
  ];
  const calls: Call[] = [
    call(place, "dns", "dns", { domain, aliases: aliases(hosts, zone, cdn) }),
    call(place, "certificate", "certificate", {
      domain: under(first, zone),
      other_names: others.length === 0 ? undefined : others,
      zone_id: out("dns", "zone_id"),
    }),
    call(place, "load_balancer", "load_balancer", [
      {
        name: named(place, "web", 32),
        vpc_id: out("network", "vpc_id"),
        subnet_ids: out("network", "public_subnet_ids"),
        security_group_id: groupOf("load-balancer"),
        certificate_arn: out("certificate", "certificate_arn"),
        log_bucket: out("logs", "name"),
        deletion_protection: variable("deletion_protection"),
      },
      { targets: targets(place, hosts) },
    ]),
  ];
  if (network?.firewall)
    calls.push(
      call(place, "waf", "waf", {
        name: named(place, "web", 128),
        rule_groups: network.firewall.rules.map((rule) => ruleGroups[rule]),
        requests_per_minute: network.firewall.requestsPerMinute,
        protects: { load_balancer: out("load_balancer", "arn") },
        kms_key_arn: out("encryption", "key_arn"),
      }),
    );
  if (cdn && virginia)
    calls.push(
      call(
        place,
        "assets_certificate",
        "certificate",
        { domain: assets, zone_id: out("dns", "zone_id") },
        { providers: { aws: "aws.us_east_1" } },
      ),
    );
  if (cdn)
    calls.push(
      call(
        place,
        "cdn",
        "cdn",
        {
          domain: assets,
          origin: under(first, zone),
          certificate_arn: out(virginia ? "assets_certificate" : "certificate", "certificate_arn"),
        },
        {
          comment:
            "Only assets go through CloudFront. Callers of the site come to the load balancer themselves, so that the firewall counts\neach by its own address.",
        },
      ),
    );
  return part("main.tf", calls, {
    inputs: [{ name: "domain", description: "The domain that the product answers at.", type: "string", value: zone }],
    outputs: [
      { name: "url", description: "Where the product answers.", value: under(first, zone, "https://") },
      {
        name: "name_servers",
        description: "What the NS record of the domain names, in the zone above it.",
        value: out("dns", "name_servers"),
      },
      ...(cdn
        ? [
            {
              name: "assets_url",
              description: "Where browsers fetch static assets.",
              value: assetsUrl,
            },
          ]
        : []),
    ],
  });
}

/** Whether browsers fetch what a frontend is built of from CloudFront; it has to know, and to write that address into its pages. */
export function servesAssets({ network, hosts }: Place["environment"]): boolean {
  return network?.cdn === "cloudfront" && hosts.length > 0;
}

/** The names of what runs in a cluster: its way in has fixed addresses. */
export function clusterNames(place: Place): Part | undefined {
  const hosts = hostNames(place);
  if (hosts.length === 0 || place.environment.network?.dns !== "route 53") return undefined;
  const zone = zoneOf(hosts);
  const addresses = Object.fromEntries(
    hosts.map((host) => [
      host === zone ? "site" : label(host.slice(0, -zone.length - 1)),
      { name: under(host, zone), addresses: out("load_balancer", "addresses") },
    ]),
  );
  return part("main.tf", [call(place, "dns", "dns", { domain, addresses })], {
    inputs: [{ name: "domain", description: "The domain that the product answers at.", type: "string", value: zone }],
    outputs: [
      {
        name: "name_servers",
        description: "What the NS record of the domain names, in the zone above it.",
        value: out("dns", "name_servers"),
      },
    ],
  });
}

/** Every name, and what it leads to. */
function aliases(hosts: readonly string[], zone: string, cdn: boolean): Value {
  const to = (module: string, name: Value): Value => ({
    name,
    target_name: out(module, "dns_name"),
    target_zone_id: out(module, "zone_id"),
  });
  const sites = hosts.map((host) => [
    host === zone ? "site" : label(host.slice(0, -zone.length - 1)),
    to("load_balancer", under(host, zone)),
  ]);
  return { ...(Object.fromEntries(sites) as Record<string, Value>), ...(cdn ? { assets: to("cdn", assets) } : {}) };
}

/** A host, as the domain with what stands before it. */
function under(host: string, zone: string, scheme = ""): Expression {
  if (host === zone && scheme === "") return domain;
  return template(scheme + (host === zone ? "" : host.slice(0, -zone.length)), domain);
}

function targets(place: Place, hosts: readonly string[]): Value {
  const { environment } = place;
  return Object.fromEntries(
    Object.entries(environment.services).flatMap(([name, service]) => {
      const own = environment.hosts.filter((host) => host.service === name);
      if (own.length === 0 || service.port === undefined) return [];
      return [
        [
          name,
          {
            name: named(place, name, 26),
            port: service.port,
            health_path: service.health?.ready ?? service.health?.path ?? "/",
            hosts: hosts.length > 1 ? [...new Set(own.map(({ host }) => host))] : undefined,
            paths: own.some(({ path }) => path === "/") ? undefined : own.map(({ path }) => path),
            drain_seconds: otherThan(30, Math.round(durationMs(service.drain ?? "30s") / 1000)),
          } satisfies Value,
        ],
      ];
    }),
  );
}
