import { namespaceOf } from "../../kubernetes/namespace.ts";
import { accountOf } from "../../kubernetes/values.ts";
import { workloadsOf } from "../../kubernetes/workload.ts";
import { type Value, expression, template } from "../../text/hcl.ts";
import { archives } from "./minio-secrets.ts";
import { permissionsOf } from "./permissions.ts";
import { type Call, type Place, call, out } from "./place.ts";
import type { Region } from "./region.ts";

/** Service accounts that use AWS: those with grants, whoever brings secrets into the cluster, and MinIO where it archives to S3. */
export function workloads(place: Place, region: Region): Call {
  const { suffix, how } = region;
  const namespace = namespaceOf(place.subject, place.environment);
  const own = workloadsOf(place.environment).flatMap((workload) => {
    const granted = permissionsOf(place, accountOf(workload), workload.service, region);
    const statements = [...granted].flatMap(([, one]) => Object.entries(one));
    if (statements.length === 0) return [];
    const value: Value = { namespace, service_account: workload.name, permissions: Object.fromEntries(statements) };
    return [[workload.name, value] as const];
  });
  return call(
    place,
    `workloads${suffix}`,
    "workload_roles",
    {
      cluster_name: out(`cluster${suffix}`, "name"),
      workloads: {
        ...(Object.fromEntries(own) as Record<string, Value>),
        "external-secrets": secretsOperator(region),
        ...(archives(place) ? { minio: archivist(region) } : {}),
      },
    },
    how,
  );
}

function secretsOperator({ suffix }: Region): Value {
  const copies =
    suffix === ""
      ? expression("values(module.secrets.arns)")
      : expression(
          `[for name in keys(module.secrets.arns) : "arn:aws:secretsmanager:\${var.standby_region}:\${local.account_id}:secret:\${name}-*"]`,
        );
  return {
    namespace: "external-secrets",
    service_account: "external-secrets",
    permissions: {
      secrets: { actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], resources: copies },
      encryption: { actions: ["kms:Decrypt"], resources: [out(`encryption${suffix}`, "key_arn")] },
    },
  };
}

function archivist({ suffix }: Region): Value {
  const bucket = `archive${suffix}`;
  return {
    namespace: "minio",
    service_account: "minio",
    permissions: {
      archive: {
        actions: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        resources: [template(out(bucket, "arn"), "/*")],
      },
      listing: { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [out(bucket, "arn")] },
      encryption: {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: [out(`encryption${suffix}`, "key_arn")],
      },
    },
  };
}
