import { type Entry, type Value, expression, quoted, template } from "../../text/hcl.ts";
import { call, callOf, lines, tags } from "./calls.ts";
import { archives, copiesMinio, labelOf } from "./modules.ts";
import { type Bucket, type Plan, days, minioBuckets } from "./plan.ts";
import { minioCopierPassword, minioRootPassword, minioServiceKeys } from "./secrets.ts";

const port = 9000;
const namespace = "minio";
/** Each installation has an archive of its own: one does not know what the other put by. */
export const standbyArchive = "archive-standby";

/** MinIO in the live region's cluster. */
export function minio(plan: Plan): readonly Entry[] {
  return site(plan, "var.region", false);
}

/** Where its buckets are copied: MinIO in the other region's cluster, and how the live one finds and trusts it. */
export function minioCopy(plan: Plan): readonly Entry[] {
  if (!copiesMinio(plan) || plan.standby === undefined) return [];
  return [
    ...site(plan, quoted(plan.standby), true),
    call(plan, "authority", [{ name: template(expression("var.name"), " MinIO") }], {
      comment: "Signs what the two installations show each other.",
    }),
    call(
      plan,
      "private_names",
      [
        {
          zone: zoneOf(plan),
          resource_group_name: expression("azurerm_resource_group.this[var.region].name"),
          network_ids: expression(`{ for region, network in module.${labelOf(plan, "network")} : region => network.id }`),
          addresses: expression(`{ minio = ${callOf(plan, "minio")}_standby.internal_address }`),
          ...tags,
        },
      ],
      { comment: "The other region's MinIO, as the live one calls it." },
    ),
  ];
}

function zoneOf({ subject, environment }: Plan): string {
  return `${environment.environment}.${subject.name}.internal`;
}

/** What one cluster has of it: disks, secrets, MinIO itself. */
function site(plan: Plan, region: string, standby: boolean): readonly Entry[] {
  const copied = copiesMinio(plan);
  const suffix = standby ? "_standby" : "";
  const provider = standby ? { providers: { kubernetes: expression("kubernetes.standby") } } : {};
  const labels = { disks: `${labelOf(plan, "storage_class")}${suffix}`, secrets: `${labelOf(plan, "cluster_secrets")}${suffix}` };
  const label = `${labelOf(plan, "minio")}${suffix}`;
  const archived = archives(plan);
  return [
    call(
      plan,
      "storage_class",
      [
        {
          provisioner: "disk.csi.azure.com",
          parameters: lines(
            "{",
            '  skuName             = "Premium_LRS"',
            `  diskEncryptionSetID = module.${labelOf(plan, "encryption")}[${region}].disk_encryption_set_id`,
            "}",
          ),
        },
      ],
      { label: labels.disks, ...provider },
    ),
    call(
      plan,
      "minio",
      [
        {
          namespace,
          storage_class: expression(`module.${labels.disks}.name`),
          image: expression("var.minio.image"),
          client_image: expression("var.minio.client_image"),
          replicas: expression("var.minio.replicas"),
          size: expression("var.minio.size"),
        },
        {
          root_secret_name: "minio-root",
          service_secret_name: "minio-service",
          tls_secret_name: "minio-tls",
          authority_secret_name: copied ? "minio-ca" : undefined,
          copier_secret_name: standby ? "minio-copier" : undefined,
        },
        {
          buckets: Object.fromEntries(minioBuckets(plan).map((one) => [one.name, bucketOf(plan, one, copied && !standby)])),
          archive: archived
            ? { kind: "azure", bucket: standby ? standbyArchive : "archive", secret_name: "minio-archive" }
            : undefined,
          replicate_to:
            copied && !standby ? { url: `https://minio.${zoneOf(plan)}:${port}`, secret_name: "minio-replica" } : undefined,
        },
        {
          client_namespaces: [plan.namespace, "monitoring"],
          peer_ranges: copied ? expression(`[for name, region in var.regions : region.range if name != ${region}]`) : undefined,
          outside_names: standby ? [`minio.${zoneOf(plan)}`] : undefined,
          internal_load_balancer: standby
            ? { annotations: { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" } }
            : undefined,
        },
      ],
      { label, ...provider },
    ),
    call(plan, "cluster_secrets", [{ namespace: expression(`module.${label}.namespace`), secrets: siteSecrets(plan, standby) }], {
      label: labels.secrets,
      ...provider,
    }),
  ];
}

function bucketOf(plan: Plan, { resource }: Bucket, copied: boolean): Value {
  const { versions, lifeCycle = [], replicas = [] } = resource;
  const archived = lifeCycle.find(({ to }) => to !== "delete");
  const deleted = lifeCycle.find(({ to }) => to === "delete");
  return {
    old_versions_days: days(versions),
    archive_after_days: days(archived?.after),
    delete_after_days: days(deleted?.after),
    replicate: copied && replicas.some(({ region }) => region !== undefined && region !== plan.region) ? true : undefined,
  };
}

function siteSecrets(plan: Plan, standby: boolean): Value {
  const generated = (name: string) => `${callOf(plan, "secrets")}.generated[${quoted(name)}]`;
  const { access, secret } = minioServiceKeys(plan);
  const authority = callOf(plan, "authority");
  const storage = callOf(plan, "storage");
  const login = (user: string, password: string) => `{ accessKey = ${user}, secretKey = ${password} }`;
  const all: Readonly<Record<string, string>> = {
    "minio-root": `{ rootUser = "root", rootPassword = ${generated(minioRootPassword)} }`,
    "minio-service": login(generated(access), generated(secret)),
    ...(archives(plan) ? { "minio-archive": login(`${storage}.name`, `${storage}.access_key`) } : {}),
    ...(copiesMinio(plan)
      ? {
          "minio-ca": `{ "tls.crt" = ${authority}.certificate, "tls.key" = ${authority}.key }`,
          [standby ? "minio-copier" : "minio-replica"]: login('"copier"', generated(minioCopierPassword)),
        }
      : {}),
  };
  const width = Math.max(...Object.keys(all).map((name) => name.length));
  return lines("{", ...Object.entries(all).map(([name, value]) => `  ${name.padEnd(width)} = ${value}`), "}");
}
