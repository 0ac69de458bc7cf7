import { type Entry, type Value, attribute, block, expression, quoted } from "../../text/hcl.ts";
import { identifier } from "../../names.ts";
import { accountOf } from "../../kubernetes/values.ts";
import { labelOf, outputOf, partsOf } from "./modules.ts";
import { type Plan, minioBuckets } from "./plan.ts";
import { callOf } from "./calls.ts";

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
      name: "tenant_id",
      description: "Tenant that the identities belong to.",
      value: expression("data.azurerm_client_config.this.tenant_id"),
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
    {
      name: "vault_url",
      description: "Vault with the services' secrets.",
      value: expression(`${callOf(plan, "secrets")}.vault_uri`),
    },
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
    ...(minioBuckets(plan).length > 0
      ? [
          {
            name: "minio_certificate",
            description: "What cert-manager is told about MinIO: `terraform output -raw minio_certificate | kubectl apply -f -`.",
            value: expression(`module.${labelOf(plan, "minio")}.certificate`),
          },
        ]
      : []),
    ...plan.workloads.map((one) => ({
      name: `${identifier(accountOf(one))}_identity`,
      description: `Client id of the identity of the service account ${one.name}.`,
      value: expression(`module.${labelOf(plan, "iam")}.workload_client_ids[${quoted(one.name)}]`),
    })),
    {
      name: "pipeline_identities",
      description: "Client ids that the pipeline signs in with.",
      value: expression(`module.${labelOf(plan, "iam")}.pipeline_client_ids`),
    },
  ];
}
