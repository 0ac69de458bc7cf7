import { awsOfEnvironment } from "../../shared/aws-request.ts";
import { type Bucket, createBucket } from "../../shared/bucket.ts";
import type { Queries } from "../../shared/database.ts";

/** The MinIO that MINIO_URL names: `https://host/bucket`. Here, where Gantry keeps the buckets, its own keys open them. */
export function evidenceStore(): Bucket | undefined {
  const { MINIO_URL: url, MINIO_ACCESS_KEY: keyId = "", MINIO_SECRET_KEY: secret = "" } = process.env;
  if (!url) return undefined;
  const here = awsOfEnvironment();
  if (here) return createBucket(`${here.endpoint}/${url.replace(/\/+$/, "").split("/").at(-1) ?? ""}`, here);
  const { origin, pathname } = new URL(url);
  return createBucket(origin + (pathname === "/" ? "/evidence" : pathname), { keyId, secret, region: "us-east-1" });
}

/** How often each framework has been executed in all, and how many checks that were: it counts on where the last run ended. */
export async function totals(queries: Queries): Promise<readonly { framework: string; executions: number; checks: number }[]> {
  return queries.rows(
    `select f.id as framework, count(e.id)::int as executions, coalesce(sum(e.passed + e.failed), 0)::int as checks
     from frameworks f left join executions e on e.framework_id = f.id group by f.id order by f.id`,
  );
}
