import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { monitoring } from "../../src/synth/monitoring/index.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { subjectOf } from "../support/synth.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";
import { type StandIns, ephemeralText, standIns } from "../support/terraform/stand-in.ts";

// The real Terraform validates and plans each root for Google Cloud, with a provider that knows the schema and makes nothing.

type Change = {
  readonly address: string;
  readonly type: string;
  readonly change: { readonly after: Record<string, unknown> | null };
};
type Plan = { readonly resource_changes: readonly Change[]; readonly output_changes?: Readonly<Record<string, unknown>> };

const files = new Map<string, string>();
for (const name of ["bytereview", "proveniq-ledger"] as const)
  for (const family of [terraform, monitoring])
    for (const { path, text } of family(await subjectOf(name))) files.set(`${name}/${path}`, text);

const open = { TF_VAR_billing_account: "012345-6789AB-CDEF01" };
const bytereview = (name: string) => `bytereview/infra/envs/${name}`;
const sandbox = "proveniq-ledger/infrastructure/terraform/environments/sandbox";
const standby = bytereview("prod/standby");

const roots: readonly (readonly [root: string, env: Readonly<Record<string, string>>, values: string | undefined])[] = [
  [
    "bytereview/infra/state",
    { TF_VAR_project: "bytereview-state", TF_VAR_environments: '{dev="br-dev-1",prod="bytereview-prod"}' },
    undefined,
  ],
  [bytereview("dev"), { ...open, TF_VAR_project: "br-dev-1" }, "main.tfvars"],
  [
    bytereview("staging"),
    { ...open, TF_VAR_project: "br-stage-1", TF_VAR_dns_zone: '{project="dns",name="bytereview"}' },
    "main.tfvars",
  ],
  [bytereview("prod"), { ...open }, "main.tfvars"],
  [standby, {}, "main.tfvars"],
  [sandbox, { ...open }, undefined],
];

/** The state of the first region, as far as its standby reads it. */
const primary = {
  documents: { name: "bytereview-prod-documents", url: "gs://bytereview-prod-documents" },
  dumps: { name: "bytereview-prod-dumps", url: "gs://bytereview-prod-dumps" },
  events: { id: "projects/bytereview-prod/topics/events", name: "events" },
  tokens: { id: "projects/bytereview-prod/locations/us/keyRings/tokens/cryptoKeys/tokens" },
  secrets: Object.fromEntries(
    ["drive-token", "launchdarkly-sdk-key", "pagerduty-key", "vertex-token"].map((name) => [name, `secrets/${name}`]),
  ),
};
const typeOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null
    ? ["object", Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typeOf(one)]))]
    : "string";
const state = {
  version: 4,
  terraform_version: "1.11.4",
  serial: 1,
  lineage: "primary",
  outputs: { for_standby: { value: primary, type: typeOf(primary) } },
  resources: [],
};

/** The same files with their states here. */
function onThisMachine(root: string): ReadonlyMap<string, string> {
  const here = new Map(files);
  here.set(`${root}/backend_override.tf`, 'terraform {\n  backend "local" {}\n}\n');
  here.set(`${standby}/primary.tfstate`, JSON.stringify(state));
  const main = here.get(`${standby}/main.tf`) ?? "";
  here.set(
    `${standby}/main.tf`,
    main.replace(
      /backend = "gcs"\n {2}config = \{[^}]*\}/,
      'backend = "local"\n  config  = { path = "${path.module}/primary.tfstate" }',
    ),
  );
  return here;
}

describe.skipIf(!hasTerraform)("Terraform plans (terraform)", () => {
  let provider: StandIns;
  beforeAll(async () => {
    provider = await standIns(["google", "random"], files);
  });
  afterAll(() => provider.stop());

  const run = (
    given: ReadonlyMap<string, string>,
    root: string,
    env: Readonly<Record<string, string>>,
    commands: readonly (readonly string[])[],
  ) => terraformOn(given, [["init", "-input=false", "-no-color"], ...commands], { in: root, env: { ...provider.env, ...env } });

  const plans = new Map<string, Plan>();
  test.each(roots)("%s", { timeout: 60_000 }, async (root, env, values) => {
    const { ok, said } = await run(onThisMachine(root), root, env, [
      ["validate", "-no-color"],
      ["plan", "-input=false", "-no-color", "-out=plan", ...(values === undefined ? [] : [`-var-file=${values}`])],
      ["show", "-json", "plan"],
    ]);
    expect(ok, said.slice(-3_000)).toBe(true);
    expect(said).toContain("The configuration is valid.");
    const json = said.slice(said.lastIndexOf('\n{"format_version"') + 1);
    expect(json).not.toContain(ephemeralText);
    plans.set(root, JSON.parse(json) as Plan);
  });

  const planned = (root: string) => {
    const plan = plans.get(root);
    if (plan === undefined) throw new Error(`${root} was not planned`);
    return plan.resource_changes;
  };
  const ofType = (root: string, type: string) => planned(root).filter((one) => one.type === type);

  test("production is all that the document lists", () => {
    const types = new Set(planned(bytereview("prod")).map(({ type }) => type));
    for (const type of [
      "google_cloud_run_v2_service",
      "google_sql_database_instance",
      "google_redis_instance",
      "google_artifact_registry_repository",
      "google_storage_bucket",
      "google_kms_crypto_key",
      "google_pubsub_topic",
      "google_monitoring_dashboard",
      "google_monitoring_alert_policy",
      "google_billing_budget",
      "google_binary_authorization_policy",
    ])
      expect(types).toContain(type);
    expect(ofType(bytereview("prod"), "google_cloud_run_v2_service").map(({ change }) => change.after?.["name"])).toEqual([
      "api",
      "frontend",
      "worker-extract",
      "worker-import",
    ]);
  });

  test("each service gets a database right on its own instance only, and each role once", () => {
    const bound = ofType(bytereview("prod"), "google_project_iam_member").filter(
      ({ change }) => change.after?.["role"] === "roles/cloudsql.client",
    );
    expect(bound.map(({ address }) => address.split(".")[1])).toEqual(["api", "worker_extract", "worker_import", "worker_sweep"]);
    for (const { change } of bound)
      expect(JSON.stringify(change.after?.["condition"])).toContain("projects/bytereview-prod/instances/bytereview-db");
    expect(
      ofType(bytereview("prod"), "google_kms_crypto_key_iam_member")
        .map(({ address }) => address)
        .toSorted(),
    ).toEqual([
      'module.api.module.account.google_kms_crypto_key_iam_member.this["tokens roles/cloudkms.cryptoKeyDecrypter"]',
      'module.api.module.account.google_kms_crypto_key_iam_member.this["tokens roles/cloudkms.cryptoKeyEncrypter"]',
      "module.signing.google_kms_crypto_key_iam_member.signer",
      'module.signing.google_kms_crypto_key_iam_member.viewers["planner"]',
      'module.worker_extract.module.account.google_kms_crypto_key_iam_member.this["tokens roles/cloudkms.cryptoKeyDecrypter"]',
      'module.worker_import.module.account.google_kms_crypto_key_iam_member.this["tokens roles/cloudkms.cryptoKeyDecrypter"]',
    ]);
  });

  test("no environment's root reads or changes a policy of the states' bucket", () => {
    for (const [root] of roots.slice(1))
      for (const { address, change } of ofType(root, "google_storage_bucket_iam_member"))
        expect(change.after?.["bucket"], address).not.toMatch(/tf-state$/);
  });

  test("what an environment's root has in another project, its pipeline may change there, and its plan may read", () => {
    const shared = ofType("bytereview/infra/state", "google_project_iam_member").map(({ change }) => change.after);
    const elsewhere = planned(bytereview("dev")).filter(({ change }) => (change.after?.["project"] ?? "br-dev-1") !== "br-dev-1");
    expect(new Set(elsewhere.map(({ type, change }) => `${type} ${String(change.after?.["project"])}`))).toEqual(
      new Set(["google_monitoring_dashboard bytereview-preprod"]),
    );
    expect(shared.map((one) => `${String(one?.["project"])} ${String(one?.["member"])} ${String(one?.["role"])}`)).toEqual([
      "bytereview-preprod serviceAccount:bytereview-tf-deployer@br-dev-1.iam.gserviceaccount.com roles/monitoring.dashboardEditor",
      "bytereview-preprod serviceAccount:bytereview-tf-deployer@br-dev-1.iam.gserviceaccount.com roles/monitoring.metricsScopesAdmin",
      "bytereview-preprod serviceAccount:tf-planner@br-dev-1.iam.gserviceaccount.com roles/monitoring.dashboardViewer",
      "bytereview-preprod serviceAccount:tf-planner@br-dev-1.iam.gserviceaccount.com roles/monitoring.metricsScopesViewer",
    ]);
  });

  test("each pipeline has the states of its own environment, and deployers of other environments read the images of dev", () => {
    const shared = "bytereview/infra/state";
    const granted = ofType(shared, "google_storage_bucket_iam_member").map(({ change }) => change.after);
    expect(granted.map((one) => [one?.["member"], one?.["role"]])).toEqual(
      [
        ["bytereview-tf-deployer", "roles/storage.objectUser"],
        ["tf-planner", "roles/storage.objectViewer"],
      ].flatMap(([account, role]) =>
        ["br-dev-1", "bytereview-prod"].map((project) => [`serviceAccount:${account}@${project}.iam.gserviceaccount.com`, role]),
      ),
    );
    expect(JSON.stringify(granted[0]?.["condition"])).toContain(
      "resource.name.startsWith('projects/_/buckets/bytereview-tf-state/objects/dev/')",
    );
    expect(JSON.stringify(granted[1]?.["condition"])).toContain("/objects/prod-standby/");
    expect(ofType(shared, "google_artifact_registry_repository_iam_member").map(({ change }) => change.after)).toMatchObject([
      {
        project: "br-dev-1",
        location: "us-central1",
        repository: "bytereview",
        role: "roles/artifactregistry.reader",
        member: "serviceAccount:bytereview-tf-deployer@bytereview-prod.iam.gserviceaccount.com",
      },
    ]);
  });

  test("who shows pull requests may make revisions of the services that are shown, and has no role in the project", () => {
    const dev = bytereview("dev");
    expect(
      ofType(dev, "google_cloud_run_v2_service_iam_member").flatMap(({ address, change }) =>
        address.includes("previewers") ? [[change.after?.["name"], change.after?.["role"]]] : [],
      ),
    ).toEqual([
      ["api", "roles/run.developer"],
      ["frontend", "roles/run.developer"],
    ]);
    expect(planned(dev).map(({ address }) => address)).toContain(
      'module.registry.google_artifact_registry_repository_iam_member.writers["previewer"]',
    );
    for (const other of ["staging", "prod"])
      expect(
        planned(bytereview(other))
          .map(({ address }) => address)
          .filter((one) => /previewer/.test(one)),
      ).toEqual([]);
  });

  test("what is lost with the first region is not the key that images are signed with", () => {
    const [ring] = ofType(bytereview("prod"), "google_kms_key_ring").filter(({ address }) =>
      address.startsWith("module.signing"),
    );
    expect(ring?.change.after).toMatchObject({ location: "us" });
  });

  test("the database has a private address only, and the password is neither in the plan nor in any state", () => {
    const [instance] = ofType(bytereview("prod"), "google_sql_database_instance");
    expect(JSON.stringify(instance?.change.after?.["settings"])).toContain('"ipv4_enabled":false');
    for (const type of ["google_sql_user", "google_secret_manager_secret_version"])
      for (const { change } of ofType(bytereview("prod"), type))
        expect([change.after?.["password_wo"], change.after?.["secret_data_wo"]]).not.toContainEqual(expect.any(String));
  });

  test("the sandbox stops at 50 connections, and its budget speaks to a topic", () => {
    expect(JSON.stringify(ofType(sandbox, "google_sql_database_instance")[0]?.change.after?.["settings"])).toContain(
      '{"name":"max_connections","value":"50"}',
    );
    expect(JSON.stringify(ofType(sandbox, "google_billing_budget")[0]?.change.after?.["amount"])).toContain('"units":"600"');
    expect(ofType(sandbox, "google_container_cluster")[0]?.change.after).toMatchObject({
      name: "ledger-cluster-sandbox",
      enable_autopilot: true,
    });
  });

  test("the standby makes nothing that the first region's root makes", () => {
    const names = (root: string, type: string, key: string) =>
      new Set(ofType(root, type).map(({ change }) => change.after?.[key]));
    for (const [type, key] of [
      ["google_service_account", "account_id"],
      ["google_sql_database_instance", "name"],
      ["google_compute_network", "name"],
      ["google_compute_global_address", "name"],
      ["google_compute_backend_service", "name"],
      ["google_secret_manager_secret", "secret_id"],
      ["google_storage_bucket", "name"],
    ] as const)
      for (const name of names(standby, type, key))
        expect(names(bytereview("prod"), type, key), `${type} ${String(name)}`).not.toContain(name);
  });

  test.each([
    ["an output that is not there", "data.tf", 'output "x" {\n  value = module.db.nothing\n}\n', /Unsupported attribute/],
    ["an argument that is not there", "x.tf", 'resource "google_pubsub_topic" "x" {\n  nmae = "x"\n}\n', /Unsupported argument/],
    ["a function that takes something else", "x.tf", 'output "x" {\n  value = lower(["x"])\n}\n', /Invalid function argument/],
    [
      "a password that would be kept",
      "x.tf",
      'ephemeral "random_password" "x" {\n  length = 8\n}\n\nresource "google_sql_user" "x" {\n  name     = "x"\n  instance = "x"\n  password = ephemeral.random_password.x.result\n}\n',
      /Invalid use of ephemeral value/,
    ],
  ])("it refuses %s", { timeout: 60_000 }, async (_what, name, text, problem) => {
    const root = bytereview("dev");
    const given = new Map(onThisMachine(root));
    given.set(`${root}/${name}`, `${given.get(`${root}/${name}`) ?? ""}\n${text}`);
    const { ok, said } = await run(given, root, {}, [["validate", "-no-color"]]);
    expect(ok).toBe(false);
    expect(said).toMatch(problem);
  });
});
