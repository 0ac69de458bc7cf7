import type { File } from "../../file.ts";
import { type Entry, type Value, attribute, attributes, block, expression, gap, hclFile } from "../../text/hcl.ts";
import { accountInputs, accountNumber, inAws, registryOf } from "./accounts.ts";
import type { AwsEnvironment, Place } from "./place.ts";
import { stateBucket, versionsOf } from "./settings.ts";

/** The bucket that the states lie in: it has to be there before any of them. */
export function stateRoot(place: Place): readonly File[] {
  const { subject, layout, environment } = place;
  if (environment.pipeline?.infrastructure?.state?.in !== "s3") return [];
  const environments = inAws(subject);
  const files: Readonly<Record<string, readonly Entry[]>> = {
    "versions.tf": versionsOf({ ...place, environment: { ...environment, runs: "ecs" } }),
    "providers.tf": [block("provider", ["aws"], attributes({ region: stateBucket(place).region }))],
    "main.tf": bucket(place, environments),
    "variables.tf": accountInputs(environments).map(({ name, description, type }) =>
      block(
        "variable",
        [name],
        [
          ...attributes({ description, type: expression(type) }),
          gap,
          block(
            "validation",
            [],
            attributes({
              condition: expression(`can(regex("^[0-9]{12}$", var.${name}))`),
              error_message: "An account's number has 12 digits.",
            }),
          ),
        ],
      ),
    ),
  };
  return Object.entries(files).flatMap(([name, entries]) =>
    entries.length === 0 ? [] : [{ path: `${layout.state}/${name}`, text: hclFile(entries) }],
  );
}

const its = attribute("bucket", expression("aws_s3_bucket.state.id"));

function bucket(place: Place, environments: readonly AwsEnvironment[]): readonly Entry[] {
  const one = (type: string, body: readonly Entry[], comment?: string) =>
    block("resource", [type, "state"], [...its, gap, ...body], comment);
  return [
    block("locals", [], attributes({ accounts: accountsOf(environments) })),
    block(
      "resource",
      ["aws_s3_bucket", "state"],
      [...attributes({ bucket: stateBucket(place).bucket }), gap, block("lifecycle", [], attribute("prevent_destroy", true))],
      [
        "Applied once by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,",
        "and needs none: terraform import aws_s3_bucket.state <name> finds it again.",
      ].join("\n"),
    ),
    one(
      "aws_s3_bucket_public_access_block",
      attributes({
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      }),
    ),
    one("aws_s3_bucket_ownership_controls", [block("rule", [], attributes({ object_ownership: "BucketOwnerEnforced" }))]),
    one("aws_s3_bucket_versioning", [block("versioning_configuration", [], attributes({ status: "Enabled" }))]),
    one(
      "aws_s3_bucket_server_side_encryption_configuration",
      [block("rule", [], [block("apply_server_side_encryption_by_default", [], attributes({ sse_algorithm: "AES256" }))])],
      "By S3's own key, which is what Terraform asks for, and which other accounts need no right to.",
    ),
    one("aws_s3_bucket_lifecycle_configuration", [
      block(
        "rule",
        [],
        [
          ...attributes({ id: "versions", status: "Enabled" }),
          gap,
          block("filter", [], []),
          block(
            "noncurrent_version_expiration",
            [],
            attributes({ newer_noncurrent_versions: 50, noncurrent_days: 90 }),
            "Whichever keeps more: the last 50 versions of a state, or those of 90 days.",
          ),
        ],
      ),
      gap,
      ...attribute("depends_on", [expression("aws_s3_bucket_versioning.state")]),
    ]),
    one(
      "aws_s3_bucket_policy",
      [...attributes({ policy }), gap, ...attribute("depends_on", [expression("aws_s3_bucket_public_access_block.state")])],
      "By TLS only. An environment in another account reaches its own state, and the lock beside it; who there may is for IAM to say.",
    ),
  ];
}

/** Each in its own folder. A registry that they share has a root of its own there. */
function accountsOf(environments: readonly AwsEnvironment[]): Value {
  const shared = environments.map((one) => registryOf(one)?.shared).find((account) => account !== undefined);
  return {
    ...Object.fromEntries(environments.map((one) => [one.environment, accountNumber(one)])),
    ...(shared === undefined ? {} : { registry: shared }),
  };
}

const policy = expression(`jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect    = "Deny"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.state.arn, "\${aws_s3_bucket.state.arn}/*"]
        Principal = "*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      flatten([for folder, account in local.accounts : [
        {
          Effect    = "Allow"
          Action    = ["s3:GetObject", "s3:PutObject"]
          Resource  = ["\${aws_s3_bucket.state.arn}/\${folder}/*"]
          Principal = { AWS = "arn:aws:iam::\${account}:root" }
        },
        {
          Effect    = "Allow"
          Action    = ["s3:DeleteObject"]
          Resource  = ["\${aws_s3_bucket.state.arn}/\${folder}/*.tflock"]
          Principal = { AWS = "arn:aws:iam::\${account}:root" }
        },
        {
          # Terraform asks which workspaces there are, too.
          Effect    = "Allow"
          Action    = ["s3:ListBucket"]
          Resource  = [aws_s3_bucket.state.arn]
          Principal = { AWS = "arn:aws:iam::\${account}:root" }
          Condition = { StringLike = { "s3:prefix" = ["\${folder}/*", "env:/"] } }
        },
      ]]),
    )
  })`);
