import { parse } from "@cdktf/hcl2json";
import { assert, asyncProperty, constantFrom, oneof, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { synth } from "../../src/synth/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { filesOf, subjectOf } from "../support/synth.ts";
import { moduleProblems, terraformProblems } from "../support/terraform-schema.ts";

// The Terraform of CPA (ECS) and of AI governance on AWS (EKS): what the documents' tables ask for stands in it.

type Files = ReadonlyMap<string, { readonly text: string }>;
const cpa: Files = await filesOf("cpa-platform");
const governance: Files = await filesOf("ai-governance", { switches: { cloud: "aws" } });

function texts(all: Files, only = /\.(tf|tfvars)$/): ReadonlyMap<string, string> {
  return new Map([...all].flatMap(([path, { text }]) => (only.test(path) ? [[path, text] as const] : [])));
}

function textOf(all: Files, path: string): string {
  return all.get(path)?.text ?? `there is no ${path}`;
}

type Json = { readonly [key: string]: unknown };
async function values(environment: string): Promise<Json> {
  return (await parse("a.tf", textOf(cpa, `infra/${environment}/terraform.tfvars`))) as Json;
}

/** The arguments of a module's call. */
async function callOf(all: Files, path: string, label: string): Promise<Json> {
  const { module } = (await parse(path, textOf(all, path))) as { module: Record<string, Json[]> };
  return module[label]?.[0] ?? {};
}

describe.each([
  ["cpa-platform", cpa],
  ["ai-governance", governance],
])("%s", (_, files) => {
  test("is right by the provider's schema, formatted, and has nothing that is not used", async () => {
    expect(await terraformProblems(texts(files))).toEqual([]);
    expect(await moduleProblems(texts(files, /\/modules\//))).toEqual([]);
  });

  test("holds no value of a secret", () => {
    const roots = [...texts(files)].filter(([path]) => !path.includes("/modules/"));
    for (const [path, text] of roots) expect(text, path).not.toMatch(/(password|secret_string|auth_token)\w*\s*=\s*"/i);
  });

  test("names no wildcard of IAM's but where AWS has nothing narrower", () => {
    for (const [path, text] of texts(files, /\/(services|security)\.tf$/))
      expect(text, path).not.toMatch(/"[a-z0-9-]+:\*"|"\*:\*"/);
  });
});

describe("CPA-06: what runs", () => {
  test("sizes and numbers in production are the document's", async () => {
    const { services } = await values("production");
    expect(services).toMatchObject({
      backend: { cpu: 2048, memory: 4096, scale: { min: 2, max: 4, cpu_percent: 70 } },
      frontend: { cpu: 1024, memory: 2048, scale: { min: 2, max: 2 } },
      "temporal-worker": { cpu: 2048, memory: 4096, scale: { min: 2, max: 4, cpu_percent: 70 } },
    });
  });

  test("production is released blue-green behind the load balancer, the others roll", async () => {
    const of = (environment: string, service: string) => callOf(cpa, `infra/${environment}/services.tf`, service);
    expect(await of("production", "backend")).toHaveProperty("blue_green");
    expect(await of("production", "frontend")).toHaveProperty("blue_green");
    expect(await of("production", "temporal_worker")).not.toHaveProperty("blue_green");
    for (const other of ["staging", "demo"]) expect(await of(other, "backend")).not.toHaveProperty("blue_green");
  });

  test("releases and autoscaling are not undone by Terraform", () => {
    const text = textOf(cpa, "infra/modules/ecs_service/main.tf");
    expect(text).toContain("ignore_changes = [task_definition, load_balancer, desired_count]");
  });

  test("secrets come from Secrets Manager, the rest from what was made", async () => {
    const { environment, secrets } = await callOf(cpa, "infra/production/services.tf", "backend");
    expect(environment).toMatchObject({
      DOCUMENTS_BUCKET: "${module.documents.name}",
      REDIS_URL: "${module.redis.url}",
      CLAMAV_HOST: "clamav.${module.cluster.namespace}",
      TENANT_KEYS_ID: "${module.tenant_keys.alias_prefix}",
    });
    expect(secrets).toMatchObject({
      DATABASE_URL: '${module.secrets.arns["database-url"]}',
      TEMPORAL_ADDRESS: '${module.secrets.arns["temporal-address"]}',
      TYPESENSE_API_KEY: '${module.secrets.arns["typesense-api-key"]}',
    });
  });
});

describe("CPA-07: what is kept", () => {
  test("in production the database has a standby and a replica, and the cache is a cluster", async () => {
    const { postgres, redis } = await values("production");
    expect(postgres).toMatchObject({
      instance_class: "db.r6g.large",
      multi_az: true,
      backup_days: 30,
      replicas: { replica: { instance_class: "db.r6g.large" } },
    });
    expect(redis).toMatchObject({ node_type: "cache.r6g.large", shards: 2, replicas: 1 });
    expect(await callOf(cpa, "infra/production/data.tf", "postgres")).toMatchObject({
      identifier: "cpa-prod",
      engine_version: 16,
    });
    expect(await callOf(cpa, "infra/production/data.tf", "redis")).toMatchObject({ engine_version: "7.1" });
  });

  test("elsewhere one of each is enough", async () => {
    const { postgres, redis } = await values("staging");
    expect(postgres).toMatchObject({ multi_az: false, replicas: {} });
    expect(redis).toMatchObject({ replicas: 0 });
    expect(redis).not.toHaveProperty("shards");
  });

  test("documents go to Glacier after a year, and versions stay for thirty days", async () => {
    expect(await callOf(cpa, "infra/production/data.tf", "documents")).toMatchObject({
      archive: [{ days: 365, class: "GLACIER" }],
      version_days: 30,
    });
  });
});

describe("CPA-08: the network", () => {
  test("spans three zones, with the firewall's rules and limit", async () => {
    expect(await values("production")).toMatchObject({ zones: 3, nat_in_each_zone: true, domain: "app.cpaplatform.io" });
    expect(await callOf(cpa, "infra/production/main.tf", "waf")).toMatchObject({
      rule_groups: ["AWSManagedRulesCommonRuleSet"],
      requests_per_minute: 2000,
      protects: { load_balancer: "${module.load_balancer.arn}" },
    });
  });

  test("the world reaches the load balancer, and nothing that keeps data", async () => {
    const { rules } = (await callOf(cpa, "infra/production/main.tf", "firewall")) as {
      rules: Record<string, { from: string; to: string; port: number }>;
    };
    const from = (source: string) => Object.values(rules).filter((rule) => rule.from === source);
    expect(from("world").map(({ to, port }) => [to, port])).toEqual([
      ["load-balancer", 443],
      ["load-balancer", 80],
    ]);
    const reaching = (to: string) =>
      Object.values(rules)
        .filter((rule) => rule.to === to)
        .map((rule) => rule.from);
    expect(reaching("postgres")).toEqual(["backend", "temporal-worker"]);
    expect(reaching("redis")).toEqual(["backend", "temporal-worker"]);
  });
});

describe("CPA-09: security", () => {
  test("calls, threats and compliance are watched", () => {
    const text = textOf(cpa, "infra/production/audit.tf");
    for (const module of ["cloudtrail", "guardduty", "config"]) expect(text).toContain(`module "${module}"`);
  });

  test("a service uses the keys of tenants by their aliases only", () => {
    const text = textOf(cpa, "infra/production/services.tf");
    expect(text).toContain('"kms:ResourceAliases" = ["${module.tenant_keys.alias_prefix}*"]');
  });

  test("workflows take roles by the repository and the environment", async () => {
    expect(await callOf(cpa, "infra/production/security.tf", "deployer")).toMatchObject({
      repository: "cpaplatform/cpa-platform",
      roles: { deploy: { environment: "production" }, plan: { environment: "production-plan" } },
    });
  });
});

test("CPA: what CloudWatch measures has its alarm, with the document's thresholds", async () => {
  const { alarms } = await callOf(cpa, "infra/production/monitoring.tf", "monitoring");
  expect(alarms).toMatchObject({
    "API error rate": { threshold: 0.05, missing: "notBreaching" },
    "API p99": { threshold: 2 },
    "Certificate expiry": { comparison: "LessThanThreshold", threshold: 14 },
    "DB connection pool": { threshold: "${0.8 * var.postgres.max_connections}" },
    "DB replication lag": { threshold: 30, missing: "breaching" },
    "Disk usage": { comparison: "LessThanThreshold", threshold: "${0.15 * var.postgres.storage_gib * pow(1024, 3)}" },
    "Redis memory": { threshold: 80 },
  });
  const errors = (alarms as { readonly [name: string]: { readonly queries: readonly { readonly expression?: string }[] } })[
    "API error rate"
  ];
  expect(errors?.queries.at(-1)?.expression).toBe("IF(whole >= 20, FILL(part, 0) / whole, 0)");
});

test.each(["staging", "production", "demo"])("CPA: the state of %s is its own, encrypted and locked", async (environment) => {
  expect(await parse("a.tf", textOf(cpa, `infra/${environment}/backend.tf`))).toEqual({
    terraform: [
      {
        backend: {
          s3: [
            {
              bucket: "cpa-terraform-state",
              key: `${environment}/terraform.tfstate`,
              region: "us-east-1",
              encrypt: true,
              use_lockfile: true,
            },
          ],
        },
      },
    ],
  });
});

describe("GOV-09 and GOV-12 on AWS", () => {
  const names = [
    "network",
    "firewall",
    "load-balancer",
    "cluster",
    "postgres",
    "minio",
    "iam",
    "encryption",
    "monitoring",
    "scaling",
  ];
  test("the modules have the document's names", () => {
    for (const name of names) expect([...governance.keys()]).toContain(`infra/terraform/modules/${name}/main.tf`);
  });

  test("the state is in Terraform Cloud, a workspace an environment", () => {
    expect(textOf(governance, "infra/terraform/staging/backend.tf")).toContain('name = "ai-governance-staging"');
    expect(textOf(governance, "infra/terraform/production/backend.tf")).toContain('name = "ai-governance-production"');
  });

  test("as *.tfvars are not in the repository, values stand with their variables", () => {
    expect([...governance.keys()].filter((path) => path.endsWith(".tfvars"))).toEqual([]);
    expect(textOf(governance, "infra/terraform/production/variables.tf")).toContain('default     = "eu-central-1"');
  });

  test("production has a replica, a cluster and a copy of the dumps in the second region; staging has none", async () => {
    const standby = "infra/terraform/production/standby.tf";
    expect(await callOf(governance, standby, "db_standby")).toMatchObject({
      providers: { aws: "${aws.standby}" },
      source_arn: "${module.db.arn}",
    });
    expect(await callOf(governance, standby, "cluster_standby")).toHaveProperty("kubernetes_version");
    expect(await callOf(governance, "infra/terraform/production/data.tf", "backups")).toMatchObject({
      replica: { bucket_arn: "${module.backups_standby.arn}" },
    });
    expect(governance.has("infra/terraform/staging/standby.tf")).toBe(false);
  });

  test("each service account that uses AWS has a role of its own", async () => {
    const { workloads } = await callOf(governance, "infra/terraform/production/security.tf", "workloads");
    expect(workloads).toMatchObject({
      backend: { namespace: "ai-governance", service_account: "backend" },
      cron: { namespace: "ai-governance", service_account: "cron" },
    });
  });
});

const subject = await subjectOf("cpa-platform");

describe("bad input", () => {
  const changed = (change: (environment: Json) => Json): Subject => ({
    ...subject,
    environments: subject.environments.map((one) => change(one as unknown as Json)) as unknown as Subject["environments"],
  });

  test("long names are cut to what AWS takes, and stay different", async () => {
    const long = "a-very-long-name-of-a-service-that-nobody-would-want-to-type";
    const given = changed((one) => {
      const { backend, ...rest } = one["services"] as Json;
      const hosts = (one["hosts"] as Json[]).map((host) => (host["service"] === "backend" ? { ...host, service: long } : host));
      return { ...one, cluster: { name: "c".repeat(40) }, hosts, services: { ...rest, [long]: backend } };
    });
    const files = new Map(terraform(given).map((file) => [file.path, file]));
    const { targets } = (await callOf(files, "infra/production/main.tf", "load_balancer")) as { targets: Record<string, Json> };
    const groups = Object.values(targets).map(({ name }) => String(name));
    expect(new Set(groups).size).toBe(groups.length);
    for (const name of groups) expect(`${name}-green`.length).toBeLessThanOrEqual(32);
  });

  test("text of the spec is text in HCL, whatever it says", { timeout: 60_000 }, async () => {
    const hostile = oneof(
      constantFrom(
        '${file("/etc/passwd")}',
        '"}\nresource "null_resource" "x" {',
        "%{ if true }",
        "\\",
        '" + var.name + "',
        "${",
        "\u2028",
      ),
      string({ minLength: 1, maxLength: 30, unit: "binary" }),
    );
    await assert(
      asyncProperty(hostile, async (text) => {
        const given = changed((one) => ({
          ...one,
          alerts: Object.fromEntries(Object.entries(one["alerts"] as Json).map(([name, alert]) => [`${name} ${text}`, alert])),
          secrets: { ...(one["secrets"] as Json), "jwt-keys": { purpose: text } },
          services: Object.fromEntries(
            Object.entries(one["services"] as Record<string, Json>).map(([name, service]) => [
              name,
              { ...service, env: { ...(service["env"] as Json), TEXT: text } },
            ]),
          ),
        }));
        const files = new Map(terraform(given).map((file) => [file.path, file]));
        const { environment } = await callOf(files, "infra/production/services.tf", "frontend");
        // The parser shows text as HCL has it: with what would begin an expression doubled.
        expect(
          String((environment as Json)["TEXT"])
            .replaceAll("$${", "${")
            .replaceAll("%%{", "%{")
            .normalize(),
        ).toBe(text.normalize());
        const { resource, module } = (await parse("m.tf", textOf(files, "infra/production/monitoring.tf"))) as Json;
        expect({ resource, modules: Object.keys(module as Json) }).toEqual({ resource: undefined, modules: ["monitoring"] });
      }),
      { numRuns: 40 },
    );
  });
});

test("the same spec gives the same bytes, with Gantry and without", async () => {
  const [first, second] = [synth(await subjectOf("cpa-platform")), synth(await subjectOf("cpa-platform"))];
  expect(second).toEqual(first);
  const plain = texts(await filesOf("cpa-platform", { plain: true }), /^infra\/.*\.(tf|tfvars)$/);
  for (const [path, text] of plain) expect(text, path).not.toMatch(/gantry/i);
});
