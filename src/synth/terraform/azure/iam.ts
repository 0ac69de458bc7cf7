import { identifier } from "../../names.ts";
import { productOf } from "../../subject.ts";
import { type Entry, type Value, expression, quoted } from "../../text/hcl.ts";
import { call, callOf, lines, liveOf, livePlace, registryId } from "./calls.ts";
import { labelOf, partsOf } from "./modules.ts";
import { type Plan, cloudBuckets } from "./plan.ts";

/** Identities: one for each service account that reads secrets or holds a right, and those of the pipeline. */
export function iam(plan: Plan): Entry {
  const cluster = `module.${labelOf(plan, "cluster")}`;
  return call(plan, "iam", [
    livePlace(expression("var.name")),
    {
      namespace: plan.namespace,
      oidc_issuers: expression(`{ for region, cluster in ${cluster} : region => cluster.oidc_issuer_url }`),
      workloads: Object.fromEntries(plan.workloads.map((workload) => [workload.name, workloadRoles(plan, workload)])),
    },
    pipeline(plan),
  ]);
}

function workloadRoles(plan: Plan, { service }: Plan["workloads"][number]): Value {
  const held = new Set(secretsHere(plan));
  const secrets = service.secrets.filter((name) => held.has(name));
  const roles: Record<string, Value> = {};
  for (const name of secrets)
    roles[`reads ${name}`] = {
      role: "Key Vault Secrets User",
      scope: expression(`${callOf(plan, "secrets")}.scopes[${quoted(name)}]`),
    };
  for (const { role, on } of service.grants) {
    const scope = scopeOf(plan, on);
    if (scope !== undefined) roles[`${on} ${identifier(role).toLowerCase()}`] = { role, scope };
  }
  return roles;
}

function secretsHere({ environment }: Plan): readonly string[] {
  return Object.keys(environment.secrets);
}

function scopeOf(plan: Plan, resource: string): Value | undefined {
  const one = plan.environment.resources[resource];
  if (one?.kind === "kms") return expression(`${liveOf(plan, "encryption")}.key_scopes[${quoted(resource)}]`);
  const bucket = cloudBuckets(plan).find(({ key }) => key === resource);
  return bucket === undefined ? undefined : expression(`${callOf(plan, "storage")}.container_scopes[${quoted(bucket.name)}]`);
}

export const givenRoles: Value = [
  "AcrPull",
  "AcrPush",
  "Azure Kubernetes Service Cluster User Role",
  "Azure Kubernetes Service RBAC Cluster Admin",
  "Key Vault Crypto Officer",
  "Key Vault Crypto Service Encryption User",
  "Key Vault Crypto User",
  "Key Vault Secrets Officer",
  "Key Vault Secrets User",
  "Network Contributor",
  "Reader",
  "Storage Blob Data Contributor",
  "Storage Blob Data Reader",
];

function pipeline(plan: Plan): Readonly<Record<string, Value | undefined>> {
  const { repository, pipeline: product } = productOf(plan.subject);
  const deployer = product?.infrastructure?.deployer;
  const identity = identityOf(plan);
  if (identity === undefined || repository === undefined) return { pipeline: {} };
  const { environment } = plan.environment;
  const gitlab = identity === "gitlab oidc";
  const subject = gitlab
    ? `project_path:${repository.path}:environment:${environment}`
    : `repo:${repository.path}:environment:${environment}`;
  const cluster = `module.${labelOf(plan, "cluster")}`;
  const account = deployer?.account ?? "terraform";
  const push = partsOf(plan).includes("registry") ? `registry = { role = "AcrPush", scope = ${registryId(plan)} }` : undefined;
  return {
    pipeline_issuer: gitlab ? "https://gitlab.com" : undefined,
    pipeline: lines(
      "{",
      "  # Rolls releases out: everything in the product's namespace, and nothing beside it.",
      "  deploy = {",
      `    subjects = [${quoted(subject)}]`,
      "    roles = merge(",
      `      { for region, cluster in ${cluster} : "\${region} cluster" => { role = "Azure Kubernetes Service Cluster User Role", scope = cluster.id } },`,
      `      { for region, cluster in ${cluster} : "\${region} namespace" => { role = "Azure Kubernetes Service RBAC Cluster Admin", scope = "\${cluster.id}/namespaces/${plan.namespace}" } },`,
      ...(push === undefined ? [] : [`      { ${push} },`]),
      "    )",
      "  }",
      "",
      "  # Applies these files. The first time a person does, who may give these roles.",
      `  ${identifier(account)} = {`,
      `    subjects = [${quoted(subject)}]`,
      "    roles = merge(",
      '      { for region, group in azurerm_resource_group.this : "${region} resources" => { role = "Contributor", scope = group.id } },',
      '      { for region, group in azurerm_resource_group.this : "${region} roles" => { role = "Role Based Access Control Administrator", scope = group.id, may_give = local.given_roles } },',
      `      { for region, cluster in ${cluster} : "\${region} cluster" => { role = "Azure Kubernetes Service RBAC Cluster Admin", scope = cluster.id } },`,
      "    )",
      "  }",
      "}",
    ),
  };
}

function identityOf({ subject }: Plan): "github oidc" | "gitlab oidc" | undefined {
  const { pipeline: product } = productOf(subject);
  return product?.identity ?? product?.infrastructure?.deployer?.identity;
}

/** Whether the pipeline signs in without a password: whether there is anybody to give rights to. */
export function hasPipelineIdentity(plan: Plan): boolean {
  return identityOf(plan) !== undefined && productOf(plan.subject).repository !== undefined;
}
