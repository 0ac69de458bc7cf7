import { namespaceOf } from "../../kubernetes/namespace.ts";
import { refName } from "../../../spec/derive.ts";
import { type Entry, type Value, attribute, attributes, block, expression, quoted, template, valueText } from "../../text/hcl.ts";
import type { Region } from "./eks.ts";
import { type Call, type Input, type Output, type Part, type Place, accountId, call, out, part, variable } from "./place.ts";
import { type OfKind, ownOf } from "./resources.ts";
import { days } from "./stores.ts";

// What Terraform runs in the cluster itself: the way in, encrypted disks, and MinIO.

const provider = { "": "kubernetes", _standby: "kubernetes.standby" } as const;

export function minio(place: Place, region: Region): Part {
  const { suffix } = region;
  const own = { from: "kubernetes", ...(suffix === "" ? {} : { providers: { kubernetes: provider[suffix] } }) };
  const buckets = minioBuckets(place);
  const calls: Call[] = [
    call(
      place,
      `ingress${suffix}`,
      "ingress",
      {
        image: "registry.k8s.io/ingress-nginx/controller:v1.13.3",
        service_annotations: out(`load_balancer${suffix}`, "service_annotations"),
      },
      own,
    ),
  ];
  if (buckets.length === 0) return part("kubernetes.tf", calls);
  calls.push(
    call(
      place,
      `storage_class${suffix}`,
      "storage_class",
      {
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true", kmsKeyId: out(`encryption${suffix}`, "key_arn") },
      },
      own,
    ),
    call(
      place,
      `minio${suffix}`,
      "minio",
      [
        {
          namespace: "minio",
          storage_class: out(`storage_class${suffix}`, "name"),
          size: expression("var.minio.size"),
          replicas: expression("var.minio.replicas"),
          image: expression("var.minio.image"),
          client_image: expression("var.minio.client_image"),
        },
        { root_secret_name: "minio-root", service_secret_name: "minio-service", tls_secret_name: "minio-tls" },
        { buckets: Object.fromEntries(buckets.map(([name, one]) => [one.bucket ?? name, bucketOf(one)])) as Value },
        { client_namespaces: [namespaceOf(place.subject, place.environment), "monitoring"] },
      ],
      own,
    ),
  );
  const entries = [...(suffix === "" ? [read(place)] : []), ...secrets(place, region)];
  return part(
    "kubernetes.tf",
    calls,
    suffix === "" ? { entries, inputs: inputs(place), outputs: outputs(suffix) } : { entries, outputs: outputs(suffix) },
  );
}

export function minioBuckets(place: Place): readonly (readonly [name: string, one: OfKind<"bucket">])[] {
  return ownOf(place, "bucket").filter(([, one]) => one.engine === "minio");
}

function bucketOf({ versions, lifeCycle = [] }: OfKind<"bucket">): Value {
  const end = lifeCycle.find(({ to }) => to === "delete");
  return {
    old_versions_days: versions === undefined ? undefined : days(versions, 30),
    delete_after_days: end === undefined ? undefined : days(end.after, 1),
  };
}

export const rootSecret = "minio-root-password";

/** The secrets of the spec that services sign in to MinIO with; where it names none, those made for it. */
export function serviceKeys({ environment }: Place): { readonly access: string; readonly secret: string } {
  const named = new Map<string, string>();
  for (const { env } of Object.values(environment.services))
    for (const [name, value] of Object.entries(env ?? {})) {
      const secret = refName(value, "secrets");
      if (secret !== undefined && /MINIO_(ACCESS|SECRET)_KEY$/.test(name)) named.set(name, secret);
    }
  const find = (word: RegExp) => [...named].find(([name]) => word.test(name))?.[1];
  return { access: find(/ACCESS_KEY$/) ?? "minio-access-key", secret: find(/SECRET_KEY$/) ?? "minio-secret-key" };
}

/** Read while Terraform runs, and kept by the cluster alone. */
function read(place: Place): Entry {
  const { access, secret } = serviceKeys(place);
  return block(
    "ephemeral",
    ["aws_secretsmanager_secret_version", "minio"],
    [
      ...attributes({ for_each: expression(`toset(${valueText([rootSecret, access, secret])})`) }),
      { is: "gap" },
      ...attribute("secret_id", expression("module.secrets.arns[each.key]")),
    ],
    "Read while Terraform runs, and passed on to the cluster alone: no state holds them.",
  );
}

function secrets(place: Place, { suffix }: Region): readonly Entry[] {
  const { access, secret } = serviceKeys(place);
  const value = (name: string) => expression(`ephemeral.aws_secretsmanager_secret_version.minio[${quoted(name)}].secret_string`);
  const one = (name: string, data: Value) =>
    block(
      "resource",
      ["kubernetes_secret_v1", `minio_${name}${suffix}`],
      [
        ...(suffix === "" ? [] : [...attribute("provider", expression("kubernetes.standby")), { is: "gap" } as const]),
        block("metadata", [], attributes({ name: `minio-${name}`, namespace: out(`minio${suffix}`, "namespace") })),
        ...attributes({ data_wo: data, data_wo_revision: 1 }),
      ],
    );
  return [
    one("root", { rootUser: "root", rootPassword: value(rootSecret) }),
    one("service", { accessKey: value(access), secretKey: value(secret) }),
  ];
}

function inputs({ environment, region }: Place): readonly Input[] {
  const [registry] = (environment.registry ?? "registry.example.com").replaceAll("<region>", region).split("/", 1);
  return [
    {
      name: "minio",
      description: "MinIO: its images, built into your own registry, how many pods it has, and the disk of each.",
      type: `object({
    image        = string
    client_image = string
    replicas     = number
    size         = string
  })`,
      value: {
        image: `${registry}/minio:RELEASE.2025-10-15T17-29-55Z`,
        client_image: `${registry}/mc:RELEASE.2025-08-13T08-35-41Z`,
        replicas: 6,
        size: "256Gi",
      },
    },
  ];
}

function outputs(suffix: "" | "_standby"): readonly Output[] {
  const name = `minio${suffix}_certificate`;
  return [
    {
      name,
      description: `What cert-manager is told about MinIO${suffix === "" ? "" : " in the second region"}: \`terraform output -raw ${name} | kubectl apply -f -\`.`,
      value: out(`minio${suffix}`, "certificate"),
    },
  ];
}

/** Dumps and copies of MinIO's buckets, and in the second region the same again. */
export function backups(place: Place): Part | undefined {
  const kept = [...minioBuckets(place), ...ownOf(place, "postgres")].filter(([, { backup }]) => backup?.dump !== undefined);
  if (kept.length === 0) return undefined;
  const longest = Math.max(...kept.map(([, { backup }]) => days(backup?.keep, 30)));
  const { standby } = place.environment;
  const bucket = (suffix: "" | "_standby", replica?: Value) =>
    call(
      place,
      `backups${suffix}`,
      "bucket",
      {
        name: template(variable("name"), `-backups${suffix.replace("_", "-")}-`, accountId),
        account_id: accountId,
        kms_key_arn: out(`encryption${suffix}`, "key_arn"),
        expire_days: longest,
        replica,
        force_destroy: expression("!var.deletion_protection"),
      },
      suffix === ""
        ? { comment: `Dumps of ${kept.map(([name]) => name).join(" and ")}.` }
        : { providers: { aws: "aws.standby" } },
    );
  const calls =
    standby === undefined
      ? [bucket("")]
      : [
          bucket("", { bucket_arn: out("backups_standby", "arn"), kms_key_arn: out("encryption_standby", "key_arn") }),
          bucket("_standby"),
        ];
  return part("data.tf", calls, {
    outputs: [
      { name: "backups_bucket", description: "The bucket that dumps and copies go to.", value: out("backups", "name") },
      ...(standby === undefined
        ? []
        : [
            {
              name: "backups_bucket_standby",
              description: "Its copy in the other region.",
              value: out("backups_standby", "name"),
            },
          ]),
    ],
  });
}
