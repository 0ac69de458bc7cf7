import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { synth } from "../../src/synth/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { layoutOf } from "../../src/synth/layout.ts";
import { gcpOpenVariables } from "../../src/synth/terraform/gcp.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { subjectOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";
import { flowOf } from "../support/terraform/flow.ts";
import { type Body, isObject, list, parsedTree } from "../support/terraform/parsed.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";

// The roots of the two products that have their Terraform on Google Cloud.

const bytereview = await subjectOf("bytereview");
const ledger = await subjectOf("proveniq-ledger");
const subjects: readonly (readonly [string, Subject])[] = [
  ["bytereview", bytereview],
  ["proveniq-ledger", ledger],
];

const textsOf = (subject: Subject) => new Map(terraform(subject).map(({ path, text }) => [path, text]));
const byteFiles = textsOf(bytereview);
const ledgerFiles = textsOf(ledger);
const sandbox = "infrastructure/terraform/environments/sandbox";

function file(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not among ${[...files.keys()].join(", ")}`);
  return text;
}

/** The body of a module's call in a root. */
async function called(files: ReadonlyMap<string, string>, folder: string, label: string): Promise<Body> {
  const { folders } = await parsedTree(files);
  const block = folders.get(folder)?.blocks.find(({ type, labels }) => type === "module" && labels[0] === label);
  if (block === undefined) throw new Error(`${folder} has no module ${label}`);
  return block.body;
}

describe.each(subjects)("%s", (_name, subject) => {
  test("has no problem that its providers' schemas, or Terraform's own rules, would name", async () => {
    expect(await terraformProblems(textsOf(subject))).toEqual([]);
  });

  test("is the same, byte for byte, when it is written again", () => {
    expect([...textsOf(subject)]).toEqual([...textsOf(subject)]);
  });

  test.skipIf(!hasTerraform)("is as terraform fmt writes it (terraform)", async () => {
    expect(await terraformOn(textsOf(subject), [["fmt", "-check", "-recursive", "-diff"]])).toEqual({ ok: true, said: "" });
  });

  test("keeps its marks at the top of each file and is right with them", async () => {
    const files = new Map(
      synth(subject).flatMap(({ path, text }) => (/\.(tf|tfvars)$/.test(path) ? [[path, text] as const] : [])),
    );
    expect(await terraformProblems(files)).toEqual([]);
  });

  test("holds no secret: only names of secrets, and no value of one in any variable", () => {
    for (const [path, text] of textsOf(subject)) {
      expect(text, path).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^\s"$%{}<]+:[^\s"$%{}@<]+@/);
      if (path.endsWith(".tfvars")) expect(text, path).not.toMatch(/password|secret|token|api_key/i);
    }
  });

  test("gives nobody a basic role, and the public nothing but services that have a host", () => {
    for (const [path, text] of textsOf(subject)) {
      // Its own checks name what they refuse.
      if (!path.endsWith("/variables.tf")) expect(text, path).not.toMatch(/"roles\/(owner|editor)"/);
      if (text.includes("allUsers")) expect(path).toMatch(/cloud_run_service\/main\.tf$/);
    }
  });
});

test("the seven modules of the document stand in its folder, under its names", () => {
  const names = [
    "cloud_run_service",
    "cloud_sql_postgres",
    "redis_memorystore",
    "arq_cron",
    "kms_key",
    "pubsub_topic",
    "monitoring_dashboards",
  ];
  for (const name of names) {
    for (const part of ["main.tf", "variables.tf", "outputs.tf", "versions.tf", "README.md"])
      expect(byteFiles.has(`infra/modules/${name}/${part}`), `${name}/${part}`).toBe(true);
  }
});

test("outputs have the document's names, in the module and in its README", () => {
  for (const [module, outputs] of Object.entries({
    cloud_sql_postgres: ["connection_name", "DB_PRIVATE_IP"],
    kms_key: ["kms_key_id"],
    cloud_run_service: ["service_url", "revision_name"],
    redis_memorystore: ["host", "port"],
  }))
    for (const output of outputs) {
      expect(file(byteFiles, `infra/modules/${module}/outputs.tf`)).toContain(`output "${output}" {`);
      expect(file(byteFiles, `infra/modules/${module}/README.md`)).toContain(`| \`${output}\` |`);
    }
});

describe("module outputs feed their consumers", async () => {
  const flow = await flowOf(byteFiles, "infra/envs/prod");
  const run = (label: string) => `${label}:google_cloud_run_v2_service.this`;

  test.each([
    [
      "the database's address → the DATABASE_URL secret",
      "db:google_sql_database_instance.this",
      "db:google_secret_manager_secret_version.url",
    ],
    [
      "the generated password → the DATABASE_URL secret",
      "db:ephemeral.random_password.this",
      "db:google_secret_manager_secret_version.url",
    ],
    ["DB_PRIVATE_IP → the API", "db:output.DB_PRIVATE_IP", run("api")],
    ["connection_name → the API", "db:output.connection_name", run("api")],
    ["the DATABASE_URL secret → the API", "db:google_secret_manager_secret.url", run("api")],
    ["the DATABASE_URL secret → the workers", "db:google_secret_manager_secret.url", run("worker_extract")],
    [
      "the DATABASE_URL secret → who may read it",
      "db:google_secret_manager_secret.url",
      "api.account:google_secret_manager_secret_iam_member.this",
    ],
    ["kms_key_id → the API", "tokens:output.kms_key_id", run("api")],
    ["kms_key_id → the workers", "tokens:output.kms_key_id", run("worker_import")],
    ["kms_key_id → who may decrypt", "tokens:output.kms_key_id", "worker_extract.account:google_kms_crypto_key_iam_member.this"],
    ["service_url → the uptime checks", "api:output.service_url", "uptime:google_monitoring_uptime_check_config.this"],
    ["revision_name → the canary's step", "api:output.revision_name", ":output.revision_names"],
    ["host → the workers", "cache:output.host", run("worker_extract")],
    ["port → the workers", "cache:output.port", run("worker_extract")],
    [
      "the network's peering → the database",
      "network:google_service_networking_connection.services",
      "db:google_sql_database_instance.this",
    ],
    ["the APIs → whatever needs them", "project:google_project_service.this", ":module.project"],
  ])("%s", (_what, from, to) => {
    if (to.startsWith(":module")) expect(flow.places.has("db:var.project")).toBe(true);
    else expect(flow.reaches(from, to)).toBe(true);
  });

  test("and nothing else: the frontend knows neither the database nor the keys", () => {
    for (const from of ["db:output.connection_name", "db:output.url_secret", "tokens:output.kms_key_id", "cache:output.host"])
      expect(flow.reaches(from, run("frontend")), from).toBe(false);
  });

  test("the standby finds the key and the buckets in the first region's state, and has a database of its own", async () => {
    const standby = await flowOf(byteFiles, "infra/envs/prod/standby");
    expect(standby.reaches(":data.terraform_remote_state.primary", run("api"))).toBe(true);
    expect(standby.reaches("db:output.url_secret", run("api"))).toBe(true);
    expect([...standby.places].filter((one) => /:google_(kms_crypto_key|storage_bucket|pubsub_topic)\./.test(one))).toEqual([]);
  });
});

test("each service has an account of its own with the document's roles, each on the very thing", async () => {
  const api = await called(byteFiles, "infra/envs/prod", "api");
  expect(api["access"]).toMatchObject({
    databases: { db: "${module.db.name}" },
    keys: {
      tokens: {
        id: "${module.tokens.kms_key_id}",
        roles: ["roles/cloudkms.cryptoKeyDecrypter", "roles/cloudkms.cryptoKeyEncrypter"],
      },
    },
  });
  const worker = await called(byteFiles, "infra/envs/prod", "worker_extract");
  expect(worker["access"]).toMatchObject({ keys: { tokens: { roles: ["roles/cloudkms.cryptoKeyDecrypter"] } } });
  expect(file(byteFiles, "infra/modules/service_account/main.tf")).toContain('role    = "roles/cloudsql.client"');
});

test("what the spec leaves open is a variable without a value, and held to the document's form", () => {
  expect(file(byteFiles, "infra/envs/dev/main.tfvars")).not.toMatch(/^project/m);
  expect(file(byteFiles, "infra/envs/dev/variables.tf")).toContain('regex("^br-dev-[a-z0-9-]+$", var.project)');
  expect(file(byteFiles, "infra/envs/staging/variables.tf")).toContain('regex("^br-stage-[a-z0-9-]+$", var.project)');
  expect(file(byteFiles, "infra/envs/prod/main.tfvars")).toMatch(/^project +=  *"bytereview-prod"$/m);
});

test("whoever runs the pipeline is told which variables are open", () => {
  const layout = layoutOf(bytereview);
  const open = Object.fromEntries(
    bytereview.environments.flatMap((one) =>
      one.cloud === "gcp" ? [[one.environment, gcpOpenVariables(bytereview, one, layout)]] : [],
    ),
  );
  expect(open).toEqual({
    dev: ["project", "billing_account"],
    staging: ["project", "billing_account"],
    prod: ["billing_account"],
  });
  expect(file(byteFiles, "infra/envs/dev/main.tfvars")).toContain("TF_VAR_project, TF_VAR_billing_account");
});

test("the dump finds its own name, in a workflow that is YAML", () => {
  const workflow = parse(file(byteFiles, "infra/modules/cloud_sql_dump/workflow.yaml")) as {
    main: { steps: readonly Record<string, unknown>[] };
  };
  expect(workflow.main.steps.flatMap((step) => Object.keys(step))).toEqual(["init", "find", "skipWhereStopped", "dump", "done"]);
});

test("each environment has a state of its own, in the document's bucket", () => {
  for (const name of ["dev", "staging", "prod"]) {
    const text = file(byteFiles, `infra/envs/${name}/backend.tf`);
    expect(text).toContain('bucket = "bytereview-tf-state"');
    expect(text).toContain(`prefix = "${name}"`);
  }
  const state = file(byteFiles, "infra/state/main.tf");
  for (const one of [
    'name     = "bytereview-tf-state"',
    "uniform_bucket_level_access = true",
    "prevent_destroy = true",
    "versioning {",
  ])
    expect(state).toContain(one);
});

test.each([
  ["dev", 500, [0.5, 0.75, 0.85, 0.9]],
  ["staging", 1_500, [0.5, 0.75, 0.85, 0.9]],
  ["prod", 10_000, [0.5, 0.75, 0.85, 0.9]],
])("%s's budget is the document's, with the alert at 85 % of the month", async (name, monthly, shares) => {
  const { folders } = await parsedTree(byteFiles);
  const values = folders.get(`infra/envs/${name}`)?.values.get(`infra/envs/${name}/main.tfvars`);
  expect(values?.["budget"]).toEqual({ monthly_usd: monthly, alert_at: shares });
});

test("only production admits signed images only, has a standby, and outlives a zone", () => {
  for (const name of ["dev", "staging"]) {
    expect(file(byteFiles, `infra/envs/${name}/main.tf`)).not.toContain("binary_authorization");
    expect(byteFiles.has(`infra/envs/${name}/standby/main.tf`)).toBe(false);
  }
  expect(file(byteFiles, "infra/envs/prod/main.tf")).toContain("modules/binary_authorization");
  expect(file(byteFiles, "infra/envs/prod/standby/main.tfvars")).toMatch(/region +=  *"us-east1"/);
  expect(file(byteFiles, "infra/envs/prod/main.tfvars")).toContain("high_availability = true");
});

test("recovery: seven days to any second, a dump a day, versions for 30 days, a copy in the second region", async () => {
  expect(await called(byteFiles, "infra/envs/prod", "db")).toMatchObject({ backup: { pitr_days: 7 } });
  expect(await called(byteFiles, "infra/envs/prod", "db_dump")).toMatchObject({
    schedule: "15 1 * * *",
    bucket: "${module.dumps.name}",
  });
  expect(await called(byteFiles, "infra/envs/prod", "documents")).toMatchObject({
    versions_days: 30,
    replica_regions: ["us-east1"],
  });
});

test("dev's database is stopped out of hours, and dumped before it is", async () => {
  expect(await called(byteFiles, "infra/envs/dev", "off_hours")).toMatchObject({ stop: "0 19 * * 1-5", start: "0 7 * * 1-5" });
  expect(await called(byteFiles, "infra/envs/dev", "db_dump")).toMatchObject({ schedule: "0 18 * * 1-5" });
});

test("a release decides over image and traffic, and Terraform leaves both alone", async () => {
  const { folders } = await parsedTree(byteFiles);
  const service = folders
    .get("infra/modules/cloud_run_service")
    ?.blocks.find(({ labels }) => labels[0] === "google_cloud_run_v2_service");
  const [lifecycle] = list(service?.body["lifecycle"]);
  expect(isObject(lifecycle) && lifecycle["ignore_changes"]).toEqual(
    expect.arrayContaining(["${template[0].containers[0].image}", "${traffic}"]),
  );
});

test("GitHub's jobs become the deployer only in the environment's own GitHub environments", async () => {
  expect(await called(byteFiles, "infra/envs/dev", "github")).toMatchObject({
    repository: "bytereview/app",
    account_id: "bytereview-tf-deployer",
    environments: ["dev"],
    planning: ["dev-plan"],
    previewing: "dev-preview",
  });
});

test("health checks and progress polls are not kept", async () => {
  const logs = await called(byteFiles, "infra/envs/prod", "logs");
  const paths = Object.values(isObject(logs["exclusions"]) ? logs["exclusions"] : {}).flatMap((one) =>
    isObject(one) ? list(one["paths"]) : [],
  );
  expect(paths.map(String).toSorted()).toEqual(["/api/progress/*", "/health", "/health", "/health/ready"]);
});

test("a worker of a queue in Redis is never without an instance, as nothing would wake it", async () => {
  const { folders } = await parsedTree(byteFiles);
  const values = folders.get("infra/envs/prod")?.values.get("infra/envs/prod/main.tfvars");
  expect(values?.["services"]).toMatchObject({
    api: { min_instances: 0, max_instances: 50 },
    worker_extract: { min_instances: 1 },
  });
});

describe("the sandbox of Proveniq Ledger", () => {
  test("has its cluster, its sizes and its limits", async () => {
    const { folders } = await parsedTree(ledgerFiles);
    expect(folders.get(sandbox)?.values.get(`${sandbox}/terraform.tfvars`)).toMatchObject({
      project: "proveniq-ledger-sandbox",
      db: { tier: "db-custom-1-3840", high_availability: false, max_connections: 50 },
      cache: { tier: "BASIC", memory_gb: 1 },
      budget: { monthly_usd: 600 },
    });
    expect(await called(ledgerFiles, sandbox, "cluster")).toMatchObject({ name: "ledger-cluster-sandbox" });
    expect(await called(ledgerFiles, sandbox, "budget")).toMatchObject({ topic: "costs" });
  });

  test("has its pods' account, and gives the cluster's files what they leave open", async () => {
    expect(await called(ledgerFiles, sandbox, "api")).toMatchObject({ kubernetes_accounts: ["proveniq-ledger/ledger-api"] });
    const flow = await flowOf(ledgerFiles, sandbox);
    for (const from of ["cache:output.host", "documents:output.name", "api:output.email"])
      expect(flow.reaches(from, ":output.terraform_env"), from).toBe(true);
  });

  test("reaches no other project", () => {
    for (const [path, text] of ledgerFiles) expect(text, path).not.toContain("proveniq-ledger-production");
  });
});

test("a product whose document has no Terraform gets none", async () => {
  expect(terraform(await subjectOf("codementor"))).toEqual([]);
});
