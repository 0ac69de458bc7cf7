import { parse } from "@cdktf/hcl2json";
import { beforeAll, describe, expect, test } from "vitest";
import { type Statement, isAllowed, isAllowedWithin, statementsOf } from "../support/iam.ts";
import { filesOf, library } from "../support/synth.ts";
import { type Planned, planned } from "../support/terraform/planned.ts";
import { hasTerraform } from "../support/terraform/program.ts";

// Who may do what on AWS: those who deploy, those who plan, and those who take an image or a state from another account.

const cpa = await filesOf("cpa-platform");
const governance = await filesOf("ai-governance", { switches: { cloud: "aws" } });
type Files = typeof cpa;
/** A root, and the modules that it calls. */
const rootIn = (files: Files, root: string) =>
  new Map(
    [...files].flatMap(([path, { text }]) =>
      path.startsWith(`${root}/`) || /\/modules\/(registry|encryption)\//.test(path) ? [[path, text] as const] : [],
    ),
  );
const textOf = (files: Files, path: string) => files.get(path)?.text ?? `there is no ${path}`;

type Json = { readonly [key: string]: unknown };
async function blocksOf(
  path: string,
  text: string,
  type: "resource" | "module",
): Promise<Record<string, Record<string, Json[]>>> {
  return ((await parse(path, text)) as Record<string, Record<string, Record<string, Json[]>>>)[type] ?? {};
}
async function callOf(files: Files, path: string, label: string): Promise<Json> {
  const modules = (await blocksOf(path, textOf(files, path), "module")) as unknown as Record<string, Json[]>;
  return modules[label]?.[0] ?? {};
}

const boundary = "arn:aws:iam::123456789012:policy/shop-boundary";
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

test("every role that a module makes takes a boundary, and every call of such a module hands it on", async () => {
  const makers = new Set<string>();
  for (const [path, text] of library()) {
    if (!path.startsWith("aws/") || !path.endsWith(".tf")) continue;
    const { aws_iam_role: roles = {} } = await blocksOf(path, text, "resource");
    for (const [name, [one]] of Object.entries(roles)) {
      expect(one, `${path} ${name}`).toHaveProperty("permissions_boundary", "${var.permissions_boundary}");
      makers.add(path.split("/")[1] ?? "");
    }
  }
  expect(makers.size).toBeGreaterThan(9);
  for (const files of [cpa, governance])
    for (const [path, { text }] of files) {
      if (!path.endsWith(".tf") || path.includes("/modules/")) continue;
      const modules = (await blocksOf(path, text, "module")) as unknown as Record<string, Json[]>;
      for (const [label, [one]] of Object.entries(modules)) {
        const from = String(one?.["source"]).split("/").at(-1) ?? "";
        const maker = makers.has(from) || ["cluster", "scaling", "iam"].includes(from);
        if (maker && (from !== "bucket" || one?.["replica"] !== undefined))
          expect(one, `${path} ${label}`).toHaveProperty("permissions_boundary", "${module.boundary.arn}");
      }
    }
});

describe.skipIf(!hasTerraform)("whoever deploys (with terraform)", () => {
  let bounds: readonly Statement[];
  let granted: readonly Statement[];
  let plan: Planned;
  beforeAll(async () => {
    const root = `
module "boundary" {
  source     = "../aws/boundary"
  name       = "shop"
  account_id = "123456789012"
  deployers  = ["shop-deploy", "shop-plan"]
}

module "deployer" {
  source               = "../aws/deployer"
  repository           = "acme/shop"
  permissions_boundary = module.boundary.arn
  roles = {
    deploy = { name = "shop-deploy", environment = "production", policies = ["PowerUserAccess"], own_policies = { roles = "arn:aws:iam::123456789012:policy/shop-role-making" } }
  }
}
`;
    const modules = [...library()].filter(([path]) => /^aws\/(boundary|deployer)\//.test(path));
    plan = await planned(new Map([["root/main.tf", root], ...modules]), "root");
    bounds = statementsOf(plan.made.get("module.boundary.aws_iam_policy.boundary")?.["policy"]);
    // PowerUserAccess, as AWS publishes it.
    const power: Statement = { Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" };
    granted = [power, ...statementsOf(plan.made.get("module.boundary.aws_iam_policy.role_making")?.["policy"])];
  }, 60_000);
  const may = (action: string, on: string, given = {}) => isAllowedWithin(bounds, granted, { action, on, with: given });
  const bounded = { "iam:PermissionsBoundary": boundary };

  test("is bounded", () => {
    expect(plan.problems).toBe("");
    expect(plan.made.get('module.deployer.aws_iam_role.this["deploy"]')).toMatchObject({ permissions_boundary: boundary });
  });

  test.each(["iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"])(
    "may %s only with the boundary, and only to roles of its own",
    (action) => {
      expect(may(action, role("shop-api"), bounded)).toBe(true);
      expect(may(action, role("shop-api"))).toBe(false);
      expect(may(action, role("shop-api"), { "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/wider" })).toBe(false);
      expect(may(action, role("administrators"), bounded)).toBe(false);
    },
  );

  test.each([
    ["iam:DeleteRolePermissionsBoundary", role("shop-api"), bounded],
    ["iam:CreatePolicyVersion", boundary, {}],
    ["iam:DeletePolicy", boundary, {}],
    ["iam:SetDefaultPolicyVersion", "arn:aws:iam::123456789012:policy/shop-role-making", {}],
    ["iam:UpdateAssumeRolePolicy", role("shop-deploy"), {}],
    ["iam:PutRolePolicy", role("shop-plan"), bounded],
    ["iam:CreateUser", "arn:aws:iam::123456789012:user/me", {}],
    ["iam:CreateAccessKey", "arn:aws:iam::123456789012:user/me", {}],
    [
      "iam:UpdateOpenIDConnectProviderThumbprint",
      "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
      {},
    ],
    ["iam:PassRole", role("shop-deploy"), {}],
    ["sts:AssumeRole", role("administrators"), {}],
    ["organizations:LeaveOrganization", "*", {}],
  ])("may not %s on %s", (action, on, given) => {
    expect(may(action, on, given)).toBe(false);
  });

  test.each(["ec2:CreateVpc", "rds:CreateDBInstance", "ecs:UpdateService", "s3:CreateBucket"])("may %s", (action) => {
    expect(may(action, "*")).toBe(true);
  });

  test("gives a role nothing that it has not itself, whatever is attached to that", () => {
    const administrator: readonly Statement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];
    const can = (action: string, on: string) => isAllowedWithin(bounds, administrator, { action, on });
    expect(can("s3:GetObject", "arn:aws:s3:::shop/a")).toBe(true);
    expect(can("iam:CreateRole", role("shop-more"))).toBe(false);
    expect(can("iam:AttachUserPolicy", "arn:aws:iam::123456789012:user/me")).toBe(false);
    expect(can("sts:AssumeRole", role("administrators"))).toBe(false);
  });
});

describe("whoever plans", () => {
  test.each([
    ["CPA", cpa, "infra/production/security.tf", ["module.postgres.master_secret_arn", 'arns["database-url"]']],
    [
      "governance",
      governance,
      "infra/terraform/production/security.tf",
      ['arns["database-password"]', 'arns["minio-copier-password"]', 'arns["minio-url"]', "module.db.master_secret_arn"],
    ],
  ])("%s: reads the secrets that Terraform wrote, and no other", async (_, files, path, written) => {
    const { roles } = (await callOf(files, path, "deployer")) as {
      roles: { plan: { permissions: { secrets: { actions: string[]; resources: string[] } } } };
    };
    const { actions, resources } = roles.plan.permissions.secrets;
    expect(actions).toEqual(["secretsmanager:GetSecretValue"]);
    for (const one of written) expect(resources.join("\n")).toContain(one);
    expect(resources.join("\n")).not.toMatch(/"(stripe|claude|quickbooks|typesense)/);
  });

  test("is in the group that reads what Terraform makes in the cluster: every kind of it, and of secrets those alone", async () => {
    expect(await callOf(governance, "infra/terraform/production/main.tf", "cluster")).toMatchObject({
      readers: { plan: '${module.deployer.role_arns["plan"]}' },
    });
    for (const suffix of ["", "_standby"]) {
      const { secrets } = await callOf(governance, "infra/terraform/production/kubernetes.tf", `planner${suffix}`);
      expect(secrets).toEqual(["minio-root", "minio-service", suffix === "" ? "minio-replica" : "minio-copier", "minio-ca"]);
    }
    const rules = library().get("kubernetes/planner/main.tf") ?? "";
    const kinds = [...library()].flatMap(([path, text]) =>
      /^kubernetes\/(ingress|minio|planner|storage_class)\//.test(path)
        ? [...text.matchAll(/^resource "kubernetes_(\w+?)_v1"/gm)].map(([, kind = ""]) => kind)
        : [],
    );
    expect(kinds.length).toBeGreaterThan(10);
    for (const kind of new Set(kinds)) {
      const plural = kind.replaceAll("_", "");
      expect(rules, kind).toMatch(new RegExp(`"${plural.endsWith("y") ? `${plural.slice(0, -1)}ies` : `${plural}(s|es)`}"`));
    }
  });
});

describe.skipIf(!hasTerraform)("what other accounts may (with terraform)", () => {
  const numbers = {
    staging_account_id: "111111111111",
    production_account_id: "222222222222",
    demo_account_id: "333333333333",
  };

  test("the registry that environments share lets both pull and their deployers push, and has a copy in the second region", async () => {
    const { staging_account_id, production_account_id } = numbers;
    const { problems, made } = await planned(rootIn(governance, "infra/terraform/registry"), "infra/terraform/registry", {
      staging_account_id,
      production_account_id,
    });
    expect(problems).toBe("");
    const at = (region: string, name: string) =>
      made.get(`module.registry${region}.aws_ecr_repository_policy.this["governance/${name}"]`)?.["policy"];
    for (const name of ["client", "server", "worker"]) {
      const here = statementsOf(at("", name));
      const asked = (action: string, by: string) => isAllowed(here, { action, on: "*", with: { "aws:PrincipalArn": by } });
      expect(JSON.stringify(here)).toContain("arn:aws:iam::222222222222:root");
      expect(asked("ecr:BatchGetImage", "arn:aws:iam::222222222222:role/nodes")).toBe(true);
      expect(asked("ecr:PutImage", "arn:aws:iam::111111111111:role/terraform")).toBe(true);
      expect(asked("ecr:PutImage", "arn:aws:iam::111111111111:role/somebody")).toBe(false);
      const there = statementsOf(at("_eu_west_1", name));
      expect(isAllowed(there, { action: "ecr:BatchGetImage", on: "*" })).toBe(true);
      expect(JSON.stringify(there)).not.toContain("ecr:PutImage");
    }
    expect(made.get("module.registry.aws_ecr_replication_configuration.this[0]")).toMatchObject({
      replication_configuration: [{ rule: [{ destination: [{ region: "eu-west-1", registry_id: "444455556666" }] }] }],
    });
    expect([...made.keys()].filter((one) => one.includes("aws_ecr_repository.this"))).toHaveLength(10);
  });

  test("CPA: production and demo take their images from staging's registry, and nobody from theirs", async () => {
    const readers = async (environment: string) => (await callOf(cpa, `infra/${environment}/services.tf`, "registry"))["readers"];
    expect(await readers("staging")).toEqual(["${var.production_account_id}", "${var.demo_account_id}"]);
    expect(await readers("production")).toBeUndefined();
    expect(textOf(cpa, ".github/workflows/_apply.yml")).toMatch(
      /TF_VAR_production_account_id: \$\{\{ vars\.PRODUCTION_AWS_ACCOUNT_ID \}\}/,
    );
  });

  test("CPA: the bucket of the states is private, encrypted, versioned, by TLS only, and each account reaches its own state", async () => {
    const { problems, made } = await planned(rootIn(cpa, "infra/state"), "infra/state", numbers);
    expect(problems).toBe("");
    expect(made.get("aws_s3_bucket_public_access_block.state")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(JSON.stringify(made.get("aws_s3_bucket_versioning.state"))).toContain("Enabled");
    expect(JSON.stringify(made.get("aws_s3_bucket_server_side_encryption_configuration.state"))).toContain("AES256");
    expect(made.get("aws_s3_bucket.state")).toMatchObject({ bucket: "cpa-terraform-state" });
    const text = textOf(cpa, "infra/state/main.tf");
    expect(text).toContain("prevent_destroy = true");
    // Its policy names the bucket, which has an ARN only once it is there.
    expect(text).toContain('"aws:SecureTransport" = "false"');
    expect(text).toContain('Resource  = ["${aws_s3_bucket.state.arn}/${folder}/*"]');
    expect(textOf(cpa, "infra/production/backend.tf")).toMatch(/key += "production\/terraform.tfstate"/);
  });

  test("a number that is none is refused", async () => {
    const { problems } = await planned(rootIn(cpa, "infra/state"), "infra/state", { ...numbers, demo_account_id: "cpa-demo" });
    expect(problems.replace(/\s+[│|]?\s*/g, " ")).toContain("An account's number has 12 digits.");
  });
});
