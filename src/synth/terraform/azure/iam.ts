import { productOf } from "../../subject.ts";
import { type Entry, type Value, expression, quoted } from "../../text/hcl.ts";
import { call, callOf, lines, liveOf, livePlace, registryId } from "./calls.ts";
import { labelOf, partsOf } from "./modules.ts";
import { type Plan, cloudBuckets } from "./plan.ts";

/** Identities: one for each service account that reads secrets or holds a right, and those of the pipeline. */
export function iam(plan: Plan): Entry {
  const clusters = `module.${labelOf(plan, "cluster")}`;
  return call(plan, "iam", [
    livePlace(expression("var.name")),
    {
      namespace: plan.namespace,
      oidc_issuers: expression(`{ for region, cluster in ${clusters} : region => cluster.oidc_issuer_url }`),
      secret_scopes: expression(`${callOf(plan, "secrets")}.scopes`),
      workloads: Object.fromEntries(plan.workloads.map((workload) => [workload.name, workloadRights(plan, workload)])),
    },
    {
      clusters: expression(`{ for region, cluster in ${clusters} : region => cluster.id }`),
      resource_groups: lines(
        "merge(",
        "  { for region, group in azurerm_resource_group.this : region => group.id },",
        `  { for region, address in module.${labelOf(plan, "load-balancer")} : "\${region} ingress" => address.resource_group_id },`,
        ")",
      ),
      key_vaults: expression(`{ for region, keys in module.${labelOf(plan, "encryption")} : region => keys.vault_id }`),
      secret_vaults: { secrets: expression(`${callOf(plan, "secrets")}.vault_id`) },
      push_to: partsOf(plan).includes("registry") ? { images: expression(registryId(plan)) } : undefined,
      ...pipeline(plan),
    },
  ]);
}

function workloadRights(plan: Plan, { service }: Plan["workloads"][number]): Value {
  const roles = service.grants.flatMap(({ role, on }) => {
    const scope = scopeOf(plan, on);
    return scope === undefined ? [] : [[on, { role, scope }] as const];
  });
  return {
    secrets: service.secrets.length === 0 ? undefined : service.secrets,
    roles: roles.length === 0 ? undefined : Object.fromEntries(roles),
  };
}

function scopeOf(plan: Plan, resource: string): Value | undefined {
  const one = plan.environment.resources[resource];
  if (one?.kind === "kms") return expression(`${liveOf(plan, "encryption")}.key_scopes[${quoted(resource)}]`);
  const bucket = cloudBuckets(plan).find(({ key }) => key === resource);
  return bucket === undefined ? undefined : expression(`${callOf(plan, "storage")}.container_scopes[${quoted(bucket.name)}]`);
}

/** The pipeline signs in as an environment of the repository, without a password. */
function pipeline(plan: Plan): Readonly<Record<string, Value | undefined>> {
  const { repository, pipeline: product } = productOf(plan.subject);
  const identity = product?.identity ?? product?.infrastructure?.deployer?.identity;
  if (identity === undefined || repository === undefined) return {};
  const { environment } = plan.environment;
  const gitlab = identity === "gitlab oidc";
  const subjects = [
    gitlab ? `project_path:${repository.path}:environment:${environment}` : `repo:${repository.path}:environment:${environment}`,
  ];
  return {
    pipeline: { deploy: subjects, terraform: subjects },
    pipeline_issuer: gitlab ? "https://gitlab.com" : undefined,
  };
}
