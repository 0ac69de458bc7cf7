import { deploysFromGitHub } from "../../subject.ts";
import { namespaceOf } from "../../kubernetes/namespace.ts";
import { hasStandby } from "../../kubernetes/standby.ts";
import { refName } from "../../../spec/derive.ts";
import {
  type Entry,
  type Value,
  attribute,
  attributes,
  block,
  expression,
  gap,
  quoted,
  template,
  valueText,
} from "../../text/hcl.ts";
import { archives, copierSecret, copiesMinio, isCopied, minioBuckets, rootSecret, serviceKeys } from "./minio-secrets.ts";
import { type Call, type Input, type Output, type Part, type Place, accountId, call, out, part, variable } from "./place.ts";
import type { Region } from "./region.ts";
import { type OfKind, ownOf } from "./resources.ts";
import { secretArn } from "./secrets.ts";
import { days } from "./days.ts";

// What Terraform runs in the cluster itself: the way in, encrypted disks, and MinIO.

const provider = { "": "kubernetes", _standby: "kubernetes.standby" } as const;
const port = 9000;

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
  if (deploysFromGitHub(place.environment))
    calls.push(
      call(
        place,
        `planner${suffix}`,
        "planner",
        buckets.length === 0
          ? {}
          : { namespace: out(`minio${suffix}`, "namespace"), secrets: Object.keys(logins(place, region)) },
        own,
      ),
    );
  if (buckets.length === 0) return part("kubernetes.tf", calls);
  const copied = copiesMinio(place);
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
          image: image("image", region),
          client_image: image("client_image", region),
        },
        {
          root_secret_name: "minio-root",
          service_secret_name: "minio-service",
          tls_secret_name: "minio-tls",
          authority_secret_name: copied ? "minio-ca" : undefined,
          copier_secret_name: copied && suffix !== "" ? "minio-copier" : undefined,
        },
        {
          buckets: Object.fromEntries(buckets.map(([name, one]) => [one.bucket ?? name, bucketOf(place, one, region)])) as Value,
          // Without a secret it is MinIO's own role that reaches the bucket.
          archive: archives(place)
            ? {
                kind: "s3",
                bucket: out(`archive${suffix}`, "name"),
                endpoint: template("https://s3.", region.region, ".amazonaws.com"),
                region: region.region,
              }
            : undefined,
          replicate_to:
            copied && suffix === "" ? { url: `https://${nameThere(place)}:${port}`, secret_name: "minio-replica" } : undefined,
        },
        {
          client_namespaces: [namespaceOf(place.subject, place.environment), "monitoring"],
          peer_ranges: copied ? [variable(suffix === "" ? "standby_cidr" : "cidr")] : undefined,
          outside_names: copied && suffix !== "" ? [nameThere(place)] : undefined,
          internal_load_balancer:
            copied && suffix !== ""
              ? {
                  annotations: {
                    "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
                    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
                  },
                }
              : undefined,
        },
      ],
      own,
    ),
  );
  if (copied && suffix === "")
    calls.push(
      call(
        place,
        "authority",
        "authority",
        { name: template(variable("name"), " MinIO") },
        { from: "kubernetes", comment: "Signs what the two installations show each other." },
      ),
    );
  const entries = [...(suffix === "" ? [read(place), ...told(place)] : []), ...secrets(place, region)];
  if (copied && suffix !== "") entries.push(...privateName(place));
  return part(
    "kubernetes.tf",
    calls,
    suffix === "" ? { entries, inputs: inputs(place), outputs: outputs(suffix) } : { entries, outputs: outputs(suffix) },
  );
}

/** The other region's MinIO, as the live one calls it. */
function nameThere({ environment }: Place): string {
  return `minio.${environment.environment}.${environment.product}.internal`;
}

/** The registry of the second region has copies of the images, under the same names. */
function image(which: "image" | "client_image", { suffix }: Region): Value {
  return expression(suffix === "" ? `var.minio.${which}` : `replace(var.minio.${which}, var.region, var.standby_region)`);
}

function bucketOf(place: Place, one: OfKind<"bucket">, { suffix }: Region): Value {
  const { versions, lifeCycle = [] } = one;
  const end = lifeCycle.find(({ to }) => to === "delete");
  const archived = lifeCycle.find(({ to }) => to !== "delete");
  return {
    old_versions_days: versions === undefined ? undefined : days(versions, 30),
    archive_after_days: archived === undefined ? undefined : days(archived.after, 1),
    delete_after_days: end === undefined ? undefined : days(end.after, 1),
    replicate: suffix === "" && copiesMinio(place) && isCopied(place, one) ? true : undefined,
  };
}

/** The secrets of the store that somebody signs in to MinIO with. */
function stored(place: Place): readonly string[] {
  const { access, secret } = serviceKeys(place);
  return [rootSecret, access, secret, ...(copiesMinio(place) ? [copierSecret] : [])];
}

/** Read while Terraform runs, and kept by the cluster alone. */
function read(place: Place): Entry {
  return block(
    "ephemeral",
    ["aws_secretsmanager_secret_version", "minio"],
    [
      ...attributes({ for_each: expression(`toset(${valueText(stored(place))})`) }),
      gap,
      ...attribute("secret_id", expression("module.secrets.arns[each.key]")),
    ],
    "Read while Terraform runs, and passed on to the cluster alone: no state holds them.",
  );
}

/** Where the services find it: no secret, but kept with those, and copied with them to the second region, where the same name is MinIO's. */
function told(place: Place): readonly Entry[] {
  const names = new Set(minioBuckets(place).flatMap(([, { urlIn }]) => refName(urlIn, "secrets") ?? []));
  return [...names].map((name) =>
    block(
      "resource",
      ["aws_secretsmanager_secret_version", name.replace(/[^A-Za-z0-9]+/g, "_")],
      attributes({ secret_id: secretArn(name), secret_string: out("minio", "url") }),
    ),
  );
}

/** The Kubernetes secrets that Terraform makes, by their names. */
function logins(place: Place, { suffix }: Region): Readonly<Record<string, Value>> {
  const { access, secret } = serviceKeys(place);
  const value = (name: string) => expression(`ephemeral.aws_secretsmanager_secret_version.minio[${quoted(name)}].secret_string`);
  return {
    "minio-root": { rootUser: "root", rootPassword: value(rootSecret) },
    "minio-service": { accessKey: value(access), secretKey: value(secret) },
    ...(copiesMinio(place)
      ? {
          [suffix === "" ? "minio-replica" : "minio-copier"]: { accessKey: "copier", secretKey: value(copierSecret) },
          "minio-ca": { "tls.crt": out("authority", "certificate"), "tls.key": out("authority", "key") },
        }
      : {}),
  };
}

function secrets(place: Place, region: Region): readonly Entry[] {
  const { suffix } = region;
  return Object.entries(logins(place, region)).map(([name, data]) =>
    block(
      "resource",
      ["kubernetes_secret_v1", `${name.replaceAll("-", "_")}${suffix}`],
      [
        ...(suffix === "" ? [] : [...attribute("provider", expression("kubernetes.standby")), gap]),
        block("metadata", [], attributes({ name, namespace: out(`minio${suffix}`, "namespace") })),
        ...attributes({ data_wo: data, data_wo_revision: 1 }),
      ],
    ),
  );
}

/** A name that only the two networks know. */
function privateName(place: Place): readonly Entry[] {
  const zone = nameThere(place).replace(/^minio\./, "");
  return [
    block(
      "resource",
      ["aws_route53_zone", "internal"],
      [
        ...attribute("name", zone),
        block("vpc", [], attributes({ vpc_id: out("network", "vpc_id") })),
        block("vpc", [], attributes({ vpc_id: out("network_standby", "vpc_id"), vpc_region: variable("standby_region") })),
      ],
      "What one region calls in the other, by a name that only the two networks know.",
    ),
    block(
      "resource",
      ["aws_route53_record", "minio"],
      attributes({
        zone_id: expression("aws_route53_zone.internal.zone_id"),
        name: nameThere(place),
        type: "CNAME",
        ttl: 60,
        records: [out("minio_standby", "internal_address")],
      }),
    ),
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

/** Where MinIO puts by what is old, in each region: every installation has an archive of its own, for one does not know what the other put by. */
export function archive(place: Place): Part | undefined {
  if (!archives(place)) return undefined;
  const bucket = (suffix: "" | "_standby") =>
    call(
      place,
      `archive${suffix}`,
      "bucket",
      {
        name: template(variable("name"), `-archive${suffix.replace("_", "-")}-`, accountId),
        account_id: accountId,
        kms_key_arn: out(`encryption${suffix}`, "key_arn"),
        archive: [{ days: 1, class: "GLACIER_IR" }],
        force_destroy: expression("!var.deletion_protection"),
      },
      suffix === "" ? { comment: "What MinIO puts by, read at once where it is needed." } : { providers: { aws: "aws.standby" } },
    );
  return part("data.tf", [bucket(""), ...(hasStandby(place.environment) ? [bucket("_standby")] : [])]);
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
