import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Moto, pythonWithMoto, startMoto } from "../support/moto/server.ts";
import { filesOf, library } from "../support/synth.ts";
import { onPath, pluginFolder, temporaryFolder, terraform, withoutCloud, writeTree } from "../support/terraform-tools.ts";

// The roots for AWS in the hands of Terraform itself, of the real provider, and of moto for a cloud.

const plugins = onPath("terraform") === undefined ? undefined : pluginFolder("aws");
const python = plugins === undefined ? undefined : pythonWithMoto();
const minute = 60_000;

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  const trees = {
    cpa: await filesOf("cpa-platform"),
    governance: await filesOf("ai-governance", { switches: { cloud: "aws" } }),
  };
  for (const [name, files] of Object.entries(trees)) {
    const texts = [...files].flatMap(([file, { text }]) => (/\.(tf|tfvars|tftpl)$/.test(file) ? [[file, text] as const] : []));
    writeTree(path.join(folder, name), new Map(texts));
  }
  const modules = [...library()].filter(([file]) => file.startsWith("aws/"));
  writeTree(path.join(folder, "library"), new Map(modules));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const init = (at: string) => terraform(at, ["init", "-input=false", "-no-color", `-plugin-dir=${plugins}`]);

describe.skipIf(onPath("terraform") === undefined)("terraform fmt (finds terraform on PATH)", () => {
  test.each(["cpa", "governance", "library"])("would change nothing in %s", async (tree) => {
    expect(await terraform(path.join(folder, tree), ["fmt", "-check", "-recursive"])).toEqual({ status: 0, output: "" });
  });

  test("would change a file that is not formatted", async () => {
    const at = path.join(folder, "unformatted");
    mkdirSync(at);
    writeFileSync(path.join(at, "main.tf"), "locals {\n a = 1\n}\n");
    expect(await terraform(at, ["fmt", "-check"])).toMatchObject({ status: 3 });
  });
});

describe.skipIf(plugins === undefined)("terraform validate (finds the provider in TF_PLUGIN_DIR)", () => {
  /** A module for a provider that is not here is held to that provider's schema, as all others are, in `terraform-schema`. */
  const isForThis = (name: string) => /version += +"[^"]*\b5\./.test(library().get(`aws/${name}/versions.tf`) ?? "");
  /** One root that calls every module, with a variable for each thing that it has to be told. */
  const every = () => {
    const names = [
      ...new Set([...library().keys()].flatMap((file) => (file.startsWith("aws/") ? [file.split("/")[1] ?? ""] : []))),
    ].filter(isForThis);
    const blocks = names.flatMap((name) => {
      const text = library().get(`aws/${name}/variables.tf`) ?? "";
      const wanted = text
        .split(/^variable /m)
        .slice(1)
        .flatMap((one) => (/^ {2}default +=/m.test(one) ? [] : [/^"(\w+)"/.exec(one)?.[1] ?? ""]));
      return [
        `module "${name}" {\n  source = "../library/aws/${name}"\n${wanted.map((one) => `  ${one} = var.${name}_${one}\n`).join("")}}\n`,
        ...wanted.map((one) => `variable "${name}_${one}" {}\n`),
      ];
    });
    return { names, text: blocks.join("\n") };
  };

  test("takes every module of the library", { timeout: 5 * minute }, async () => {
    const at = path.join(folder, "every");
    mkdirSync(at);
    const { names, text } = every();
    expect(names.length).toBeGreaterThan(25);
    writeFileSync(path.join(at, "main.tf"), text);
    expect(await init(at)).toMatchObject({ status: 0 });
    expect(await terraform(at, ["validate", "-no-color"])).toMatchObject({ status: 0 });
  });

  test("refuses an argument that the provider does not know", { timeout: 5 * minute }, async () => {
    const at = path.join(folder, "bad");
    mkdirSync(at);
    const wanted = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n';
    writeFileSync(path.join(at, "main.tf"), `${wanted}\nresource "aws_sqs_queue" "this" {\n  nmae = "x"\n}\n`);
    expect(await init(at)).toMatchObject({ status: 0 });
    const { status, output } = await terraform(at, ["validate", "-no-color"]);
    expect({ status, said: /Unsupported argument/.test(output) }).toEqual({ status: 1, said: true });
  });
});

type Instance = { readonly index_key?: string; readonly attributes: Readonly<Record<string, unknown>> };
type State = {
  readonly outputs: Readonly<Record<string, { readonly value: unknown }>>;
  readonly resources: readonly {
    readonly module?: string;
    readonly type: string;
    readonly name: string;
    readonly mode: string;
    readonly instances: readonly Instance[];
  }[];
};

/** What the values in the repository leave to whoever applies. */
const open = {
  TF_VAR_api_cidrs: "[]",
  TF_VAR_staging_account_id: "111111111111",
  TF_VAR_production_account_id: "222222222222",
  TF_VAR_demo_account_id: "333333333333",
};

describe.skipIf(python === undefined)("against moto (finds it by moto_server on PATH)", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto(python ?? "");
  }, 2 * minute);
  afterAll(() => moto.stop());

  const ready = async (tree: string, root: string) => {
    const at = path.join(folder, tree, root);
    withoutCloud(at);
    expect(await init(at)).toMatchObject({ status: 0 });
    return (...args: readonly string[]) => terraform(at, args, { AWS_ENDPOINT_URL: moto.url, ...open });
  };

  test.each([
    ["cpa", "infra/staging"],
    ["cpa", "infra/demo"],
    ["governance", "infra/terraform/staging"],
    ["governance", "infra/terraform/production"],
    ["governance", "infra/terraform/registry"],
    ["cpa", "infra/state"],
  ])("%s can be planned in %s", { timeout: 5 * minute }, async (tree, root) => {
    const run = await ready(tree, root);
    const { status, output } = await run("plan", "-input=false", "-no-color", "-out=plan.tfplan");
    expect(status, output.slice(-4000)).toBe(0);
    const { planned_values: values } = JSON.parse((await run("show", "-json", "plan.tfplan")).output) as {
      planned_values: unknown;
    };
    // Only load balancers are reached from outside, and no value of a secret is in the plan.
    expect(JSON.stringify(values)).not.toMatch(/"publicly_accessible":true|"random_password":"[^"]/);
  });

  test("a module refuses what AWS would refuse", { timeout: 5 * minute }, async () => {
    const run = await ready("cpa", "infra/staging");
    const refused = {
      [`name=${"x".repeat(41)}`]: "40 characters at most",
      'tenants=["a b"]': "A tenant's ID is",
      "cidr=10.0.0.0/8": "is a /16 to a /22",
      'redis={node_type="r6g.large",replicas=0,snapshot_days=0}': "written cache.r6g.large",
      'postgres={instance_class="db.t4g.medium",multi_az=false,storage_gib=100,max_connections=100,backup_days=0,replicas={}}':
        "RDS keeps backups for 1 to 35 days",
    };
    const wrong = Object.keys(refused).map((value) => `-var=${value}`);
    const { status, output } = await run("plan", "-input=false", "-no-color", "-refresh=false", ...wrong);
    expect(status).toBe(1);
    for (const problem of Object.values(refused)) expect(output.replace(/\s+[│|]?\s*/g, " ")).toContain(problem);
  });

  // What makes databases waits more than it works: these two wait together.
  test.concurrent(
    "services are told where the database is, with the password that it has",
    { timeout: 10 * minute },
    async () => {
      const at = path.join(folder, "database");
      mkdirSync(at);
      writeFileSync(path.join(at, "providers.tf"), 'provider "aws" {\n  region = "us-east-1"\n}\n');
      const text = `
data "aws_subnets" "all" {}
data "aws_security_groups" "all" {}
resource "aws_kms_key" "this" {}
resource "aws_secretsmanager_secret" "this" {
  for_each = toset(["database-url", "database-password"])
  name     = "shop/\${each.key}"
}
module "postgres" {
  source              = "../library/aws/postgres"
  identifier          = "shop"
  engine_version      = 16
  database            = "shop"
  instance_class      = "db.t4g.medium"
  multi_az            = false
  storage_gib         = 20
  max_connections     = 100
  backup_days         = 1
  subnet_ids          = data.aws_subnets.all.ids
  security_group_id   = data.aws_security_groups.all.ids[0]
  kms_key_arn         = aws_kms_key.this.arn
  deletion_protection = false
  url_secret          = { arn = aws_secretsmanager_secret.this["database-url"].arn }
  password_secret     = { arn = aws_secretsmanager_secret.this["database-password"].arn }
}
`;
      writeFileSync(path.join(at, "main.tf"), text);
      const run = await ready("database", ".");
      const made = await run("apply", "-auto-approve", "-input=false", "-no-color");
      expect(made.status, made.output.slice(-4000)).toBe(0);
      const value = async (name: string) => {
        const answer = await fetch(moto.url, {
          method: "POST",
          headers: {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "secretsmanager.GetSecretValue",
            Authorization:
              "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=x",
          },
          body: JSON.stringify({ SecretId: name }),
        });
        return ((await answer.json()) as { readonly SecretString: string }).SecretString;
      };
      const { username, password } = JSON.parse(await value("shop/master")) as Readonly<Record<string, string>>;
      expect(password).toMatch(/^[A-Za-z0-9]{40}$/);
      expect(await value("shop/database-password")).toBe(password);
      expect(await value("shop/database-url")).toMatch(
        new RegExp(`^postgresql://${username}:${password}@shop[a-z0-9.-]+:5432/shop\\?sslmode=require$`),
      );
      expect((await run("state", "pull")).output).not.toContain(password);
    },
  );

  test.concurrent(
    "the production root of CPA is made, is then as it should be, and goes again",
    { timeout: 20 * minute },
    async () => {
      const run = await ready("cpa", "infra/production");
      const unlocked = ["-var=deletion_protection=false", '-var=tenants=["acme","globex"]'];
      const made = await run("apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=20", ...unlocked);
      expect(made.status, made.output.slice(-6000)).toBe(0);

      const state = JSON.parse((await run("state", "pull")).output) as State;
      const gone = await run("destroy", "-auto-approve", "-input=false", "-no-color", "-parallelism=20", ...unlocked);
      expect(gone.status, gone.output.slice(-6000)).toBe(0);

      follow(state);
      expect(JSON.stringify(state)).not.toMatch(/"password(_wo)?":"[^"]/);
    },
  );
});

/** What one module gives is what the next one has. */
function follow(state: State): void {
  const all = (type: string, module = "") =>
    state.resources
      .filter((one) => one.mode === "managed" && one.type === type && (one.module ?? "").startsWith(module))
      .flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
  const one = (type: string, module: string) => all(type, module)[0] ?? {};

  const [container] = JSON.parse(String(one("aws_ecs_task_definition", "module.backend")["container_definitions"])) as [
    { image: string; environment: { name: string; value: string }[]; secrets: { name: string; valueFrom: string }[] },
  ];
  const value = (name: string) => container.environment.find((given) => given.name === name)?.value;
  const repository = all("aws_ecr_repository").find(({ name }) => name === "cpa-backend") ?? {};
  expect(container.image).toBe(`${String(repository["repository_url"])}:unreleased`);
  expect(value("DOCUMENTS_BUCKET")).toBe(one("aws_s3_bucket", "module.documents")["id"]);
  expect(value("REDIS_URL")).toBe(
    `rediss://${String(one("aws_elasticache_replication_group", "module.redis")["configuration_endpoint_address"])}:6379`,
  );
  expect(value("CLAMAV_HOST")).toBe("clamav.cpa-prod.internal");
  expect(value("TENANT_KEYS_ID")).toBe("alias/cpa-prod/tenant-keys/");
  const secrets = all("aws_secretsmanager_secret", "module.secrets");
  for (const { name, valueFrom } of container.secrets)
    expect(
      secrets.map(({ arn }) => arn),
      name,
    ).toContain(valueFrom);

  const aliases = all("aws_kms_alias", "module.tenant_keys").map(({ name }) => name);
  expect(aliases).toEqual(["alias/cpa-prod/tenant-keys/acme", "alias/cpa-prod/tenant-keys/globex"]);

  const [service] = all("aws_ecs_service", "module.backend") as {
    load_balancer: { target_group_arn: string }[];
    deployment_controller: { type: string }[];
  }[];
  const groups = all("aws_lb_target_group", "module.load_balancer");
  const blue = groups.find(({ name }) => name === "cpa-prod-backend-blue") ?? {};
  expect(service?.load_balancer.map(({ target_group_arn }) => target_group_arn)).toEqual([blue["arn"]]);
  expect(service?.deployment_controller).toEqual([{ type: "CODE_DEPLOY" }]);
  const pair = JSON.stringify(one("aws_codedeploy_deployment_group", "module.backend")["load_balancer_info"]);
  expect(pair).toContain("cpa-prod-backend-blue");
  expect(pair).toContain("cpa-prod-backend-green");

  const databases = new Map(all("aws_db_instance", "module.postgres").map((instance) => [instance["identifier"], instance]));
  const safe = { publicly_accessible: false, storage_encrypted: true, instance_class: "db.r6g.large" };
  expect(databases.get("cpa-prod")).toMatchObject({ ...safe, multi_az: true });
  expect(databases.get("cpa-prod-replica")).toMatchObject({ ...safe, replicate_source_db: "cpa-prod" });
  expect(all("aws_wafv2_web_acl_association").map(({ resource_arn }) => resource_arn)).toEqual([
    one("aws_lb", "module.load_balancer")["arn"],
  ]);
  const nodes = all("aws_cloudwatch_metric_alarm").filter(({ metric_name }) => metric_name === "DatabaseMemoryUsagePercentage");
  expect(nodes.map(({ dimensions }) => String(Object.values(dimensions as Record<string, string>)[0])).toSorted()).toEqual(
    ["0001-001", "0001-002", "0002-001", "0002-002"].map((node) => `cpa-prod-redis-${node}`),
  );
  for (const role of all("aws_iam_role"))
    expect(String(role["permissions_boundary"]), String(role["name"])).toMatch(/:policy\/cpa-prod-boundary$/);
  const world = all("aws_vpc_security_group_ingress_rule").filter(({ cidr_ipv4 }) => cidr_ipv4 === "0.0.0.0/0");
  expect(world.map(({ from_port }) => String(from_port)).toSorted()).toEqual(["443", "80"]);
  expect(state.outputs["url"]?.value).toBe("https://app.cpaplatform.io");
}
