import { deploysFromGitHub } from "../../subject.ts";
import { type Value, expression } from "../../text/hcl.ts";
import { hasStandby } from "../../kubernetes/standby.ts";
import { type Call, type Input, type Output, type Place, call, out, variable } from "./place.ts";
import { type Region, here, standby } from "./region.ts";
import { ownOf, replicaElsewhere } from "./resources.ts";

// A cluster of EKS, with what leads to it and what guards it.

export function clusterCalls(place: Place, { suffix, name, how }: Region): readonly Call[] {
  const worker = (role: "deploy" | "plan") =>
    deploysFromGitHub(place.environment) ? { [role]: expression(`module.deployer.role_arns["${role}"]`) } : undefined;
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
          administrators: worker("deploy"),
          readers: worker("plan"),
        },
      ],
      how,
    ),
    call(place, `scaling${suffix}`, "node_scaling", { cluster_name: out(`cluster${suffix}`, "name") }, how),
  ];
}

/** Pods come in by the cluster's own group; this one says what else they reach. */
export function firewall(place: Place, { suffix, name, how }: Region): Call {
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

export function clusterInputs(place: Place): readonly Input[] {
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
      description:
        'Addresses from which people and pipelines reach the clusters\' APIs, as ["203.0.113.0/28"]; [] where all of them are inside the network, as runners of your own can be.',
      type: "list(string)",
    },
  ];
}

export function clusterOutputs(place: Place): readonly Output[] {
  const regions = hasStandby(place.environment) ? [here, standby] : [here];
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
