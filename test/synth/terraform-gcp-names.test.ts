import { assert, asyncProperty, string } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../src/spec/environment.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { library, subjectOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";
import { parsedTree } from "../support/terraform/parsed.ts";
import { referencesIn } from "../support/terraform/references.ts";
import { hasTerraform, terraformOn } from "../support/terraform/program.ts";

// Names that are too long, that two things share, or that would be code: shortened, told apart, quoted, or refused by Terraform.

const bytereview = await subjectOf("bytereview");

/** The product with some of what its environment is told or called put in another way. */
function changed(change: (text: string) => string, environment = "dev"): Subject {
  const environments = bytereview.environments
    .filter((one) => one.environment === environment)
    .map((one) => JSON.parse(change(JSON.stringify(one))) as Environment);
  return { ...bytereview, environments };
}

const textsOf = (subject: Subject) => new Map(terraform(subject).map(({ path, text }) => [path, text]));

const long = `worker-${"of-all-the-documents-of-a-customer-".repeat(2).slice(0, 52)}x`;

test("names that are too long for the cloud are shortened, and stay apart", async () => {
  const files = textsOf(changed((text) => text.replaceAll("worker-extract", long).replaceAll("worker-import", `${long}y`)));
  expect(await terraformProblems(files)).toEqual([]);
  const services = files.get("infra/envs/dev/services.tf") ?? "";
  const names = [...services.matchAll(/^ {2}name +=  *"(.*)"$/gm)].map(([, name = ""]) => name);
  const accounts = [...services.matchAll(/^ {2}account_id +=  *"(.*)"$/gm)].map(([, name = ""]) => name);
  expect(names.filter((name) => name.startsWith("worker-of"))).toHaveLength(2);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$/);
  expect(new Set(accounts).size).toBe(accounts.length);
  for (const account of accounts) expect(account).toMatch(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/);
});

test("names that the files themselves use are told apart from the product's", async () => {
  const files = textsOf(
    changed((text) =>
      text
        .replaceAll('"events":{', '"network":{')
        .replaceAll("resources.events", "resources.network")
        .replaceAll('"on":"events"', '"on":"network"'),
    ),
  );
  expect(await terraformProblems(files)).toEqual([]);
  expect(files.get("infra/envs/dev/data.tf")).toContain('module "network_topic" {');
});

test("a service may be called as a resource is", async () => {
  const files = textsOf(
    changed((text) =>
      text
        .replaceAll('"frontend":{', '"documents":{')
        .replaceAll("services.frontend", "services.documents")
        .replaceAll('"service":"frontend"', '"service":"documents"'),
    ),
  );
  expect(await terraformProblems(files)).toEqual([]);
  expect(files.get("infra/envs/dev/services.tf")).toContain('module "documents_frontend" {');
});

test("a topic whose name Pub/Sub keeps to itself gets another", () => {
  for (const name of ["goods", "ab"]) {
    const renamed = changed((text) =>
      text
        .replaceAll('"events":{', `"${name}":{`)
        .replaceAll("resources.events", `resources.${name}`)
        .replaceAll('"on":"events"', `"on":"${name}"`),
    );
    const topic = /"(topic-[a-z]+|goods|ab)"/.exec(
      (textsOf(renamed).get("infra/envs/dev/data.tf") ?? "").split('modules/pubsub_topic"')[1] ?? "",
    )?.[1];
    expect(topic).toBe(name === "goods" ? "goods" : "topic-ab");
  }
});

const nasty = [
  "${module.db.url_secret}",
  "%{ if true }x%{ endif }",
  '"\n}\nresource "google_project_iam_member" "x" {}',
  "$${a} %%{b}",
  "\\",
  '\\"',
  "<<EOT",
  "# not a comment",
  "/* nor this",
  "${{ secrets.TOKEN }}",
  "\u202egnp.exe",
  "名前 ünïcödé 🦊",
  "$(rm -rf /) `id`",
];

/** A product that is told this text wherever a spec takes any text. */
function told(text: string): Subject {
  const [environment] = bytereview.environments.filter((one) => one.environment === "dev");
  if (environment?.cloud !== "gcp") throw new Error("bytereview has no dev");
  const api = environment.services["api"];
  if (api === undefined) throw new Error("bytereview has no api");
  const channels = Object.fromEntries(
    Object.entries(environment.channels).map(([name, one]) => [name, one.kind === "pagerduty" ? one : { ...one, address: text }]),
  );
  return {
    ...bytereview,
    environments: [
      {
        ...environment,
        title: text,
        purpose: text,
        channels,
        services: { ...environment.services, api: { ...api, env: { ...api.env, GREETING: text } } },
      },
    ],
  };
}

async function isOnlyText(text: string) {
  const files = textsOf(told(text));
  expect(await terraformProblems(files)).toEqual([]);
  const { folders } = await parsedTree(files);
  const blocks = folders.get("infra/envs/dev")?.blocks ?? [];
  const calm = (await parsedTree(textsOf(told("calm")))).folders.get("infra/envs/dev")?.blocks ?? [];
  // The same blocks with the same references: the text added neither.
  const shape = (all: typeof blocks) => all.map(({ type, labels, body }) => [type, ...labels, referencesIn(body).length]);
  expect(shape(blocks)).toEqual(shape(calm));
}

test.each(nasty)("%j is text and nothing else", isOnlyText);

test("so is any text", async () => {
  await assert(asyncProperty(string({ unit: "grapheme", maxLength: 40 }), isOnlyText), { numRuns: 25 });
});

describe.skipIf(!hasTerraform)("Terraform itself (terraform)", () => {
  /** A module without what it makes: its variables, which Terraform checks before anything else. */
  const variablesOf = (module: string) => {
    const text = library().get(`gcp/${module}/variables.tf`);
    if (text === undefined) throw new Error(`no module ${module}`);
    return text;
  };
  const project = "bytereview-prod";
  const region = "us-central1";
  const access = {
    databases: { db: "bytereview-db" },
    keys: { tokens: { id: "k", roles: ["roles/cloudkms.cryptoKeyDecrypter"] } },
  };
  const network = { id: "n", subnet: "s" };
  const run = { project, region, name: "api", network, ready_path: "/ready", health: { path: "/health" }, access };
  const sql = {
    project,
    region,
    name: "db",
    postgres_version: 15,
    tier: "db-custom-1-3840",
    network: "n",
    database: "d",
    user: "u",
    url_secret: "s",
  };
  const good: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    alert_policies: { project, channels: {}, alerts: [{ name: "a", query: "up == 0", severity: "high", channels: [] }] },
    arq_cron: { project, region, name: "sweep", network, schedule: "30 3 * * *" },
    artifact_registry: { project, location: "us", name: "gcr.io", description: "d" },
    binary_authorization: { project, location: region, name: "built", signer: "serviceAccount:a" },
    bucket: { project, region, name: "bytereview-prod-documents", replica_regions: ["us-east1"], versions_days: 30 },
    budget: { project, billing_account: "012345-6789AB-CDEF01", name: "b", monthly_usd: 500 },
    cloud_run_service: run,
    cloud_sql_dump: {
      project,
      region,
      account_id: "db-dump",
      instance: "i",
      instance_service_account: "a",
      database: "d",
      bucket: "b",
      schedule: "15 1 * * *",
    },
    cloud_sql_postgres: { ...sql, backup: { pitr_days: 7 } },
    github_identity: {
      project,
      repository: "a/b",
      environments: ["dev"],
      account_id: "a-deployer",
      roles: ["roles/run.admin"],
      previewing: "dev-preview",
    },
    gke_autopilot: { project, region, name: "ledger-cluster-sandbox", network },
    kms_key: { project, location: "us", name: "tokens" },
    load_balancer: {
      project,
      region,
      name: "b",
      services: { api: "api" },
      hosts: { "dev.bytereview.ai": { service: "api", paths: { "/api/*": "api" } } },
    },
    log_retention: { project, exclusions: { health: { service: "api", paths: ["/health"] } } },
    monitoring_dashboards: { project, dashboards: { a: '{"displayName":"A"}' } },
    network: { project, region, name: "bytereview", connector: { name: "bytereview", ip_range: "10.8.0.0/28" } },
    notification_channels: { project },
    off_hours: { project, region, instances: { db: "db" }, stop: "0 19 * * 1-5", start: "0 7 * * 1-5" },
    project_services: { project, services: ["run.googleapis.com"] },
    pubsub_topic: { project, name: "events" },
    redis_memorystore: { project, region, name: "cache", redis_version: "REDIS_7_2", tier: "BASIC", memory_gb: 1, network: "n" },
    scheduled_call: {
      project,
      region,
      name: "a",
      description: "d",
      schedule: "0 7 * * 1-5",
      uri: "https://sqladmin.googleapis.com/v1/x",
      service_account: "a",
    },
    secrets: { project, names: ["database-url"] },
    service_account: { project, account_id: "api-run", display_name: "d", access },
    uptime_checks: { project, checks: { API: { url: "https://x.run.app", path: "/health", channels: [] } } },
  };
  const bad: readonly (readonly [module: string, input: string, value: unknown])[] = [
    ["project_services", "project", "Bytereview"],
    ["project_services", "services", ["run"]],
    ["network", "region", "central"],
    ["network", "name", "a_b"],
    ["network", "ip_range", "10.0.0.0"],
    ["network", "connector", { name: "a".repeat(26), ip_range: "10.8.0.0/28" }],
    ["cloud_run_service", "name", "a".repeat(50)],
    ["cloud_run_service", "cpu", 0.5],
    ["cloud_run_service", "memory", "512"],
    ["cloud_run_service", "port", 70_000],
    ["cloud_run_service", "max_instances", 0],
    ["cloud_run_service", "ingress", "all"],
    ["service_account", "account_id", "api"],
    ["service_account", "project_roles", ["roles/editor"]],
    ["scheduled_call", "uri", "https://evil.example/googleapis.com/"],
    ["scheduled_call", "method", "PURGE"],
    ["scheduled_call", "schedule", "daily"],
    ["cloud_sql_postgres", "tier", "db.r6g.large"],
    ["cloud_sql_postgres", "postgres_version", 9],
    ["cloud_sql_postgres", "max_connections", 5],
    ["cloud_sql_postgres", "backup", { pitr_days: 30 }],
    ["cloud_sql_dump", "account_id", "a".repeat(26)],
    ["redis_memorystore", "tier", "basic"],
    ["redis_memorystore", "redis_version", "7"],
    ["redis_memorystore", "memory_gb", 0.5],
    ["pubsub_topic", "name", "google-events"],
    ["pubsub_topic", "keep_seconds", 5],
    ["pubsub_topic", "tries", 1],
    ["bucket", "name", "my-google-bucket"],
    ["bucket", "replica_regions", ["europe-west1"]],
    ["bucket", "life_cycle", [{ after_days: 1, to: "glacier" }]],
    ["artifact_registry", "name", "Images"],
    ["secrets", "names", ["a b"]],
    ["budget", "billing_account", "mine"],
    ["budget", "monthly_usd", 1.5],
    ["budget", "channels", ["1", "2", "3", "4", "5", "6"]],
    ["github_identity", "repository", "bytereview"],
    ["github_identity", "repository", "a/b' || true || 'c"],
    ["github_identity", "pool", "gcp-github"],
    ["github_identity", "previewing", "none"],
    ["github_identity", "previewing", "a/*"],
    ["github_identity", "roles", ["roles/owner"]],
    ["alert_policies", "alerts", [{ name: "a", query: "q", severity: "bad", channels: [] }]],
    ["monitoring_dashboards", "dashboards", { a: "{" }],
    ["uptime_checks", "checks", { a: { url: "https://x", path: "/", channels: [], every_seconds: 42 } }],
    ["load_balancer", "hosts", { bytereview: { service: "api" } }],
    ["log_retention", "retention_days", 0],
    ["log_retention", "exclusions", { a: { service: 'api" OR "', paths: ["/"] } }],
  ];

  /** All of them called from one root, in one run. */
  const planned = (calls: readonly (readonly [label: string, module: string, inputs: Readonly<Record<string, unknown>>])[]) =>
    terraformOn(
      new Map([
        [
          "main.tf.json",
          JSON.stringify({
            module: Object.fromEntries(calls.map(([label, module, inputs]) => [label, { source: `./${module}`, ...inputs }])),
          }),
        ],
        ...[...new Set(calls.map(([, module]) => module))].map((module): [string, string] => [
          `${module}/variables.tf`,
          variablesOf(module),
        ]),
      ]),
      [
        ["init", "-input=false", "-no-color"],
        ["plan", "-input=false", "-no-color"],
      ],
    );

  test("takes good values for every module", async () => {
    expect(Object.keys(good).toSorted()).toEqual(
      [
        ...new Set([...library().keys()].filter((path) => path.startsWith("gcp/")).map((path) => path.split("/")[1] ?? "")),
      ].toSorted(),
    );
    const { ok, said } = await planned(Object.entries(good).map(([module, inputs]) => [module, module, inputs]));
    expect(said).toContain("No changes");
    expect(ok).toBe(true);
  });

  test("refuses each bad one", async () => {
    const { ok, said } = await planned(
      bad.map(([module, input, value], index) => [`bad_${index}`, module, { ...good[module], [input]: value }]),
    );
    expect(ok).toBe(false);
    const missed = bad.filter((_, index) => !new RegExp(`in module\\.bad_${index}:`).test(said));
    expect(missed).toEqual([]);
  });
});
