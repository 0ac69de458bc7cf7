import { type Entry, type Value, attribute, block, expression, quoted, template } from "../../text/hcl.ts";
import { identifier } from "../../names.ts";
import { accountOf, expectedOutputs, identityKey, outputKey, tenantKey, vaultKey } from "../../kubernetes/values.ts";
import { workloadsOf } from "../../kubernetes/workload.ts";
import { copiesMinio, labelOf, outputOf, partsOf } from "./modules.ts";
import { type Plan, cloudBuckets, minioBuckets } from "./plan.ts";
import { callOf, liveOf } from "./calls.ts";

function certificate(plan: Plan, suffix: "" | "_standby"): Output {
  const name = `minio${suffix}_certificate`;
  return {
    name,
    description: `What cert-manager is told about MinIO${suffix === "" ? "" : " in the second region"}: \`terraform output -raw ${name} | kubectl apply -f -\`.`,
    value: expression(`module.${labelOf(plan, "minio")}${suffix}.certificate`),
  };
}

type Output = { readonly name: string; readonly description: string; readonly value: Value };

/** What people, pipelines and the Kubernetes files need to know of it. */
export function outputsFile(plan: Plan): readonly Entry[] {
  return outputsOf(plan).map(({ name, description, value }) =>
    block("output", [name], [...attribute("description", description), ...attribute("value", value)]),
  );
}

function outputsOf(plan: Plan): readonly Output[] {
  const parts = new Set(partsOf(plan));
  const each = (label: string, output: string) => expression(`{ for region, one in module.${label} : region => one.${output} }`);
  return [
    {
      name: "terraform_env",
      description: "What the overlays of Kubernetes want to know, by the names in their terraform.env.",
      value: overlayValues(plan),
    },
    { name: "clusters", description: "Name of each region's cluster.", value: each(labelOf(plan, "cluster"), "name") },
    {
      name: "addresses",
      description: "Public address of each region, for the product's host names.",
      value: each(labelOf(plan, "load-balancer"), "address"),
    },
    {
      name: "outgoing_addresses",
      description: "Addresses that each region calls others from.",
      value: each(labelOf(plan, "network"), "outgoing_addresses"),
    },
    ...(parts.has("registry")
      ? [
          {
            name: "registry_id",
            description: "Id of the registry, for the other environments.",
            value: expression(`module.${labelOf(plan, "registry")}.id`),
          },
          {
            name: "registry_url",
            description: "Host name of the registry.",
            value: expression(`module.${labelOf(plan, "registry")}.url`),
          },
        ]
      : []),
    ...plan.databases.flatMap(({ key, label }): Output[] => [
      {
        name: `${identifier(key)}_host`,
        description: `Host name of ${key}.`,
        value: expression(`module.${label}.${outputOf(plan, "postgres", "host")}`),
      },
      {
        name: `${identifier(key)}_replica_hosts`,
        description: `Host names of the replicas of ${key}: the one to fail over to is named after its region.`,
        value: expression(`module.${label}.replica_hosts`),
      },
    ]),
    ...(minioBuckets(plan).length > 0 ? [certificate(plan, "")] : []),
    ...(copiesMinio(plan) && plan.standby !== undefined ? [certificate(plan, "_standby")] : []),
    {
      name: "pipeline_identities",
      description: "Client ids that the pipeline signs in with.",
      value: expression(`module.${labelOf(plan, "iam")}.pipeline_client_ids`),
    },
  ];
}

/** Everything that an overlay may ask for, of which it is told what it does ask for. */
function overlayValues(plan: Plan): Value {
  const { environment } = plan;
  const wanted = new Set(expectedOutputs(environment, workloadsOf(environment)));
  const known: Record<string, Value> = {
    [tenantKey]: expression("data.azurerm_client_config.this.tenant_id"),
    [vaultKey]: expression(`${callOf(plan, "secrets")}.vault_uri`),
  };
  for (const one of plan.workloads)
    known[identityKey(accountOf(one))] = expression(`module.${labelOf(plan, "iam")}.workload_client_ids[${quoted(one.name)}]`);
  for (const { key, label } of plan.databases)
    for (const attribute of ["host", "privateAddress"] as const)
      known[outputKey(key, attribute)] = expression(`module.${label}.${outputOf(plan, "postgres", "host")}`);
  for (const { key } of minioBuckets(plan)) {
    known[outputKey(key, "url")] = expression(`${callOf(plan, "minio")}.url`);
    known[outputKey(key, "host")] = expression(`${callOf(plan, "minio")}.host`);
    known[outputKey(key, "port")] = expression(`${callOf(plan, "minio")}.port`);
  }
  for (const { key, name } of plan.buckets) known[outputKey(key, "name")] = name;
  for (const { key, name } of cloudBuckets(plan))
    known[outputKey(key, "url")] = template(expression(`${callOf(plan, "storage")}.url`), name);
  for (const { name } of plan.keys)
    known[outputKey(name, "id")] = expression(`${liveOf(plan, "encryption")}.key_ids[${quoted(name)}]`);
  return Object.fromEntries(
    Object.entries(known)
      .filter(([name]) => wanted.has(name))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
