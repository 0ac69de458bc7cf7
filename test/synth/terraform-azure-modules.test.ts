import { describe, expect, test } from "vitest";
import { library } from "../support/synth.ts";
import { parsedTree } from "../support/terraform/parsed.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";

// What a module for Azure or Kubernetes is given: Terraform itself takes the good values, and refuses each bad one.

const files = new Map([...library()].filter(([path]) => /^(azure|kubernetes)\//.test(path)));

type Inputs = Readonly<Record<string, unknown>>;

const place = { resource_group_name: "shop", location: "westeurope" };
const endpoints = {
  westeurope: { resource_group_name: "shop", location: "westeurope", subnet_id: "/s", zones: { vault: "/z" } },
};
const key = { key_id: "https://shop.vault.azure.net/keys/data", identity_id: "/i" };
const pinned = "shop.azurecr.io/minio:RELEASE.2025-10-15T17-29-55Z";
const bucket = { old_versions_days: 90, archive_after_days: 365 };
const archive = { kind: "azure", bucket: "archive", secret_name: "minio-archive" };
const replica = { ...place, subnet_id: "/s", size: "GP_Standard_D4ds_v5", encryption: key };

const good: Readonly<Record<string, Inputs>> = {
  "azure/network": { ...place, name: "shop-westeurope", range: "10.20.0.0/16", linked_services: { registry: "/r" } },
  "azure/firewall": {
    ...place,
    name: "shop",
    node_subnets: { 1: "/s" },
    node_ranges: { 1: "10.20.0.0/20" },
    database_subnet: { id: "/d", range: "10.20.240.0/24" },
    endpoint_subnet_id: "/e",
    peer_ranges: ["10.21.0.0/16"],
  },
  "azure/encryption": {
    ...place,
    name: "shop-production-we",
    keys: { data: { rotate_days: 365 }, disks: { rotate_days: 365 }, tokens: { rotate_days: 90 } },
    administration_ranges: ["203.0.113.0/24"],
    endpoints,
  },
  "azure/secrets": {
    ...place,
    name: "shop-secrets",
    generated: ["database-password"],
    values: { "database-url": "postgresql://db" },
    administration_ranges: [],
    endpoints,
  },
  "azure/registry": { ...place, name: "shop1", administration_ranges: [], endpoints, replica_locations: ["northeurope"] },
  "azure/storage": {
    ...place,
    name: "shopcopies",
    containers: { copies: { keep_days: 30 }, archive: {} },
    replication: "GZRS",
    encryption: key,
    administration_ranges: [],
    endpoints,
  },
  "azure/cluster": {
    ...place,
    name: "shop-westeurope",
    subnets: { 1: "/s" },
    api_ranges: [],
    admin_groups: ["7b6b6b6b-1111-4222-8333-123456789abc"],
    registry_id: "/r",
    disk_encryption_set_id: "/d",
  },
  "azure/scaling": {
    cluster_id: "/c",
    subnets: { 1: "/s" },
    pools: {
      work: { size: "Standard_D4ds_v5", min_per_zone: 1, max_per_zone: 3 },
      heavy: { size: "Standard_E8ds_v5", min_per_zone: 0, max_per_zone: 1, taints: ["workload=heavy:NoSchedule"] },
    },
  },
  "azure/load-balancer": {
    name: "shop",
    location: "westeurope",
    cluster_principal_id: "1",
    dns_zone: "shop.example",
    hosts: ["shop.example", "www.shop.example"],
  },
  "azure/postgres": {
    ...place,
    name: "shop-production-db",
    network_ids: { westeurope: "/n" },
    subnet_id: "/s",
    postgres_version: 16,
    size: "GP_Standard_D4ds_v5",
    database: "shop",
    user: "app",
    password: "x",
    high_availability: true,
    max_connections: 200,
    backup_retention_days: 7,
    encryption: key,
    replicas: { "replica-1": replica, australiacentral2: replica },
  },
  "azure/private_names": {
    zone: "production.shop.internal",
    resource_group_name: "shop",
    network_ids: { westeurope: "/n" },
    addresses: { minio: "10.21.0.9" },
  },
  "azure/iam": {
    ...place,
    name: "shop-production",
    namespace: "shop",
    oidc_issuers: { westeurope: "https://oidc.example" },
    clusters: { westeurope: "/c" },
    resource_groups: { westeurope: "/g" },
    secret_scopes: { "token-key": "/k" },
    workloads: { backend: { secrets: ["token-key"], roles: { encryption: { role: "Key Vault Crypto User", scope: "/k" } } } },
    pipeline: { deploy: ["repo:shop/shop:environment:production"] },
  },
  "azure/monitoring": {
    ...place,
    name: "shop-production",
    emails: ["us@shop.example"],
    clusters: { westeurope: "/c" },
    vaults: { westeurope: "/v" },
    databases: { db: { id: "/d", max_connections: 200 } },
    uptime: { shop: { url: "https://shop.example/", timeout_seconds: 30 } },
    budget: { monthly: 500, alert_at: [80, 100] },
  },
  "kubernetes/minio": {
    storage_class: "encrypted",
    size: "256Gi",
    image: pinned,
    client_image: pinned.replace("minio:", "mc:"),
    root_secret_name: "minio-root",
    service_secret_name: "minio-service",
    tls_secret_name: "minio-tls",
    buckets: { evidence: { ...bucket, replicate: true } },
    archive,
    replicate_to: { url: "https://minio.production.shop.internal:9000", secret_name: "minio-replica" },
    client_namespaces: ["shop"],
    peer_ranges: ["10.21.0.0/16"],
    internal_load_balancer: { annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" } },
  },
  "kubernetes/ingress": { image: "registry.k8s.io/ingress-nginx/controller:v1.13.3" },
  "kubernetes/storage_class": { provisioner: "disk.csi.azure.com", parameters: { skuName: "Premium_LRS" } },
  "kubernetes/planner": { namespace: "minio", secrets: ["minio-root"] },
  "kubernetes/secrets": { namespace: "minio", secrets: { "minio-root": { rootUser: "root" } } },
  "kubernetes/authority": { name: "shop MinIO" },
};

const everyone = ["0.0.0.0/0"];
const long = "a".repeat(300);

const bad: readonly (readonly [module: string, input: string, value: unknown])[] = [
  ["azure/network", "name", "Shop"],
  ["azure/network", "location", "West Europe"],
  ["azure/network", "range", "10.20.0.0/20"],
  ["azure/network", "zones", ["4"]],
  ["azure/network", "private_zones", { vault: "vault.azure.net" }],
  ["azure/network", "linked_services", { queue: "/q" }],
  ["azure/firewall", "peer_ranges", everyone],
  ["azure/encryption", "name", "shop--production"],
  ["azure/encryption", "name", `shop-${"x".repeat(20)}`],
  ["azure/encryption", "keys", { data: { rotate_days: 365 } }],
  ["azure/encryption", "keys", { data: { rotate_days: 7 }, disks: { rotate_days: 365 } }],
  ["azure/encryption", "administration_ranges", everyone],
  ["azure/secrets", "name", "1shop"],
  ["azure/secrets", "generated", ["token_key"]],
  ["azure/secrets", "values", { "database url": "x" }],
  ["azure/secrets", "administration_ranges", everyone],
  ["azure/registry", "name", "shop"],
  ["azure/registry", "name", "shop-images"],
  ["azure/registry", "untagged_days", 0],
  ["azure/registry", "administration_ranges", everyone],
  ["azure/storage", "name", "shop-copies"],
  ["azure/storage", "name", "s".repeat(25)],
  ["azure/storage", "containers", { Copies: {} }],
  ["azure/storage", "containers", { copies: { keep_days: 0 } }],
  ["azure/storage", "replication", "LRS"],
  ["azure/storage", "undelete_days", 1],
  ["azure/storage", "administration_ranges", everyone],
  ["azure/cluster", "name", "a".repeat(55)],
  ["azure/cluster", "subnets", { a: "/s" }],
  ["azure/cluster", "api_ranges", everyone],
  ["azure/cluster", "admin_groups", ["maintainers"]],
  ["azure/cluster", "pod_range", "everywhere"],
  ["azure/cluster", "service_range", "everywhere"],
  ["azure/cluster", "maintenance_day", "sunday"],
  ["azure/cluster", "maintenance_hour", "2:00"],
  ["azure/scaling", "pools", {}],
  ["azure/scaling", "pools", { work: { size: "s", min_per_zone: 3, max_per_zone: 1 } }],
  ["azure/scaling", "pools", { work: { size: "s", min_per_zone: 1, max_per_zone: 1, taints: ["heavy"] } }],
  ["azure/load-balancer", "hosts", ["other.example"]],
  ["azure/postgres", "name", long],
  ["azure/postgres", "postgres_version", 9],
  ["azure/postgres", "size", "db.r6g.large"],
  ["azure/postgres", "storage_gib", 100],
  ["azure/postgres", "database", "azure_sys"],
  ["azure/postgres", "user", "admin"],
  ["azure/postgres", "max_connections", 5],
  ["azure/postgres", "parameters", { require_secure_transport: "OFF" }],
  ["azure/postgres", "backup_retention_days", 60],
  ["azure/postgres", "replicas", { "a-name-that-is-too-long": replica }],
  ["azure/private_names", "zone", "internal"],
  ["azure/iam", "name", "x"],
  ["azure/iam", "namespace", "Shop"],
  ["azure/iam", "oidc_issuers", { "west europe": "https://oidc.example" }],
  ["azure/iam", "workloads", { backend: { roles: { all: { role: "Owner", scope: "/" } } } }],
  ["azure/iam", "workloads", { backend: { secrets: ["unknown"] } }],
  ["azure/iam", "pipeline", { anybody: ["repo:shop/shop:environment:production"] }],
  ["azure/iam", "pipeline", { deploy: ["repo:shop/*:environment:production"] }],
  ["azure/iam", "pipeline_issuer", "http://token.example"],
  ["azure/monitoring", "name", "x"],
  ["azure/monitoring", "log_days", 7],
  ["azure/monitoring", "emails", []],
  ["azure/monitoring", "uptime", { shop: { url: "http://shop.example", timeout_seconds: 30 } }],
  ["azure/monitoring", "uptime_locations", ["emea-nl-ams-azr"]],
  ["azure/monitoring", "budget", { monthly: 500, alert_at: [] }],
  ["kubernetes/minio", "name", "MinIO"],
  ["kubernetes/minio", "namespace", "kube-system"],
  ["kubernetes/minio", "storage_class", ""],
  ["kubernetes/minio", "size", "256"],
  ["kubernetes/minio", "replicas", 3],
  ["kubernetes/minio", "image", "quay.io/minio/minio:latest"],
  ["kubernetes/minio", "client_image", "quay.io/minio/mc"],
  ["kubernetes/minio", "buckets", {}],
  ["kubernetes/minio", "buckets", { evidence: { old_versions_days: 0.5 } }],
  ["kubernetes/minio", "archive", { ...archive, kind: "gcs" }],
  ["kubernetes/minio", "archive", { kind: "azure", bucket: "archive" }],
  ["kubernetes/minio", "archive", null],
  ["kubernetes/minio", "replicate_to", { url: "http://minio", secret_name: "x" }],
  ["kubernetes/minio", "replicate_to", null],
  ["kubernetes/minio", "client_namespaces", []],
  ["kubernetes/minio", "peer_ranges", everyone],
  ["kubernetes/minio", "peer_ranges", []],
  ["kubernetes/minio", "internal_load_balancer", { annotations: {} }],
  ["kubernetes/ingress", "namespace", "kube-system"],
  ["kubernetes/ingress", "class_name", "Nginx"],
  ["kubernetes/ingress", "image", "registry.k8s.io/ingress-nginx/controller"],
  ["kubernetes/ingress", "replicas", 1],
  ["kubernetes/ingress", "settings", { "allow-snippet-annotations": "true" }],
  ["kubernetes/storage_class", "name", "Encrypted"],
  ["kubernetes/planner", "namespace", null],
  ["kubernetes/secrets", "secrets", { "MinIO root": {} }],
  ["kubernetes/authority", "name", ""],
];

describe.skipIf(!hasTerraform)("what modules for Azure and Kubernetes are given, judged by Terraform", () => {
  test("there are values for every module", () => {
    expect(Object.keys(good).toSorted()).toEqual(
      [...new Set([...files.keys()].map((path) => path.split("/").slice(0, 2).join("/")))].toSorted(),
    );
  });

  test("good values are taken", async () => {
    const { ok, said } = await planned(Object.entries(good).map(([module, inputs], index) => [`good_${index}`, module, inputs]));
    expect(said).toContain("No changes");
    expect(ok).toBe(true);
  });

  test("each bad value is refused, and every rule refuses something", async () => {
    const calls = bad.map(
      ([module, input, value], index) => [`bad_${index}`, module, { ...good[module], [input]: value }] as const,
    );
    const refusedIn = (said: string) => calls.filter(([label]) => said.includes(`in module.${label}:`));
    // Rules that look at two values are judged in the plan, which begins only where no other rule has refused before.
    const first = await planned(calls);
    const late = calls.filter((one) => !refusedIn(first.said).includes(one));
    const second = await planned(late);
    expect(late.filter((one) => !refusedIn(second.said).includes(one)).map(([label]) => bad[Number(label.slice(4))])).toEqual([]);
    const said = `${first.said}${second.said}`.replaceAll(/\s+/g, " ");
    expect([...(await rules())].filter((rule) => !said.includes(rule.replaceAll(/\s+/g, " ")))).toEqual([]);
  });
});

/** The variables of modules, called from one root in one run. */
function planned(calls: readonly (readonly [label: string, module: string, inputs: Inputs])[]) {
  const root = {
    module: Object.fromEntries(calls.map(([label, module, inputs]) => [label, { source: `./${module}`, ...inputs }])),
  };
  const variables = [...files].filter(([path]) => path.endsWith("/variables.tf"));
  return terraformOn(new Map([["main.tf.json", JSON.stringify(root, null, 1)], ...variables]), [
    ["init", "-input=false", "-no-color"],
    ["plan", "-input=false", "-no-color"],
  ]);
}

/** What the variables of all modules have to say. */
async function rules(): Promise<ReadonlySet<string>> {
  const { folders } = await parsedTree(files);
  const said = [...folders.values()].flatMap(({ blocks }) =>
    blocks.flatMap(({ type, body }) =>
      type === "variable" ? ((body["validation"] ?? []) as readonly { error_message: string }[]) : [],
    ),
  );
  return new Set(said.map((one) => one.error_message));
}
