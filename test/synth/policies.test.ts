import { describe, expect, test } from "vitest";
import { parse as hclToJson } from "@cdktf/hcl2json";
import * as g from "../../src/spec/index.ts";
import { policies } from "../../src/synth/policies/index.ts";
import { type Modules, evaluate, opa, opaIsThere, regorusIsThere } from "../support/rego.ts";
import { checkSpec } from "../support/spec.ts";
import { type ExampleName, filesOf } from "../support/synth.ts";

type Forbidden = NonNullable<Parameters<typeof g.policy>[1]["forbids"]>[number];
const everything: readonly Forbidden[] = [
  "public bucket",
  "public database",
  "wildcard iam",
  "unsigned image",
  "access to production",
  "unencrypted data",
  "secret in code",
];

async function modulesOf(name: ExampleName, switches = {}): Promise<Modules> {
  const files = [...(await filesOf(name, { switches })).values()];
  return Object.fromEntries(files.filter(({ path }) => path.endsWith(".rego")).map(({ path, text }) => [path, text]));
}

/** The policies of a product with everything forbidden, in an environment that is kept from a production of the same cloud. */
function modulesIn(environment: (production: boolean) => g.Environment, names: readonly string[] = ["all"]): Modules {
  const made = g.product("shop", {
    services: [],
    policies: names.map((name) => g.policy(name, { forbids: [...everything], before: "apply" })),
    environments: { prod: environment(true), staging: environment(false) },
  });
  const { environments, problems } = checkSpec(made);
  expect(problems).toEqual([]);
  const files = policies({
    name: "shop",
    environments,
    library: new Map(),
    plain: true,
  });
  return Object.fromEntries(files.map(({ path, text }) => [path, text]));
}

function testsIn(modules: Modules): string[] {
  return Object.values(modules).flatMap((text) => [...text.matchAll(/^(test_\w+) if /gm)].map(([, name = ""]) => name));
}

/** The names of the tests that do not hold. */
function failing(modules: Modules): string[] {
  const results = evaluate(modules, "data.main_test") as Readonly<Record<string, unknown>>;
  return testsIn(modules).filter((name) => results[name] !== true);
}

function denied(modules: Modules, input: unknown): string[] {
  return evaluate(modules, `messages if {\n\tmessages := data.main.deny with input as ${JSON.stringify(input)}\n}`) as string[];
}

const plan = (type: string, after: object) => ({
  resource_changes: [{ address: `module.a.${type}.b`, type, change: { actions: ["create"], after, after_unknown: {} } }],
});

const examples: readonly (readonly [ExampleName, Readonly<Record<string, string>>, readonly string[]])[] = [
  ["proveniq-ledger", {}, ["infrastructure/policies/no-way-to-production.rego"]],
  ["bytereview", {}, ["infra/policies/safe-cloud.rego"]],
  ["codementor", {}, ["infrastructure/gcp/policies/safe.rego"]],
  ["cpa-platform", {}, []],
  ["ai-governance", { cloud: "aws" }, ["infra/policies/infrastructure.rego"]],
  ["ai-governance", { cloud: "azure" }, ["infra/policies/infrastructure.rego"]],
];
const clouds = [
  ["Google Cloud", (production: boolean) => g.gcp(production ? "shop-prod" : "shop-staging", { production, runs: "gke" })],
  ["AWS", (production: boolean) => g.aws(production ? "shop-prod" : "shop-staging", { production, runs: "eks" })],
  ["Azure", (production: boolean) => g.azure(production ? "shop-prod" : "shop-staging", { production })],
] as const;

describe("each policy is a file where the spec wants it, with its tests beside it", () => {
  test.each(examples)("%s %j", async (name, switches, paths) => {
    const modules = await modulesOf(name, switches);
    const folder = paths[0]?.slice(0, paths[0].lastIndexOf("/"));
    const wanted = paths.flatMap((path) => [path, path.replace(".rego", "_test.rego"), `${folder}/terraform.rego`]);
    expect(Object.keys(modules)).toEqual(wanted.toSorted());
    for (const text of Object.values(modules)) {
      expect(text).toContain("\nimport rego.v1\n");
      expect(text).not.toMatch(/ +$|^ /m);
      expect(text.endsWith("\n\n")).toBe(false);
    }
    const tests = testsIn(modules);
    expect(new Set(tests).size).toBe(tests.length);
  });

  test("no name of a policy gets out of its comment, its path or its test", () => {
    const names = ['}\u2028deny contains "x" if true', "政策", "../../up", "a b", "A-b", "`${{ x }}`"].map((one) =>
      one.replace("\u2028", " "),
    );
    const modules = modulesIn(clouds[0][1], names);
    const paths = Object.keys(modules);
    expect(paths).toHaveLength(names.length * 2 + 1);
    for (const path of paths) expect(path).toMatch(/^infra\/policies\/[a-z0-9_-]+\.rego$/);
    for (const text of Object.values(modules)) expect(text).not.toMatch(/^deny contains "x"/m);
    for (const name of testsIn(modules)) expect(name).toMatch(/^[a-z0-9_]+$/);
  });

  test("what another engine runs is not written in Rego", () => {
    const made = g.product("shop", {
      services: [],
      policies: [g.policy("safe", { engine: "sentinel", forbids: ["public bucket"] })],
      environments: { dev: g.gcp("shop-dev") },
    });
    expect(policies({ name: "shop", environments: checkSpec(made).environments, library: new Map(), plain: false })).toEqual([]);
  });
});

describe.skipIf(!regorusIsThere)("run by regorus, from @aws/cloudformation-validate", () => {
  test.each(examples)("the policies of %s %j pass their tests", async (name, switches) => {
    const modules = await modulesOf(name, switches);
    if (testsIn(modules).length > 0) expect(failing(modules)).toEqual([]);
  });

  test.each(clouds)("everything that can be forbidden on %s passes its tests", (_, environment) => {
    const modules = modulesIn(environment);
    expect(testsIn(modules).length).toBeGreaterThan(25);
    expect(failing(modules)).toEqual([]);
  });

  test("a policy that forbids nothing, or everything, fails its tests", async () => {
    const modules = await modulesOf("bytereview");
    const policy = "infra/policies/safe-cloud.rego";
    const nothing = { ...modules, [policy]: "package main\n\nimport rego.v1\n\ndeny contains 1 if false\n" };
    const everyPlan = { ...modules, [policy]: "package main\n\nimport rego.v1\n\ndeny contains 1 if true\n" };
    expect(failing(nothing)).toEqual(testsIn(modules).filter((one) => one.includes("_refuses_")));
    expect(failing(everyPlan)).toEqual(testsIn(modules).filter((one) => one.includes("_allows_")));
  });

  test("a file that is no Rego is refused", async () => {
    const modules = await modulesOf("bytereview");
    for (const broken of ["package main\n\ndeny contains x if {", "package main\n\nimport rego.v1\n\ndeny[x] { y }\n"])
      expect(() => evaluate({ ...modules, "infra/policies/safe-cloud.rego": broken }, "data.main_test"), broken).toThrow();
  });

  test("what is refused is named, with what to do", async () => {
    const modules = await modulesOf("codementor");
    const open = { settings: [{ ip_configuration: [{ ipv4_enabled: true, ssl_mode: "ENCRYPTED_ONLY" }] }] };
    expect(denied(modules, plan("google_sql_database_instance", open))).toEqual([
      "module.a.google_sql_database_instance.b has a public address: set ipv4_enabled to false",
    ]);
  });

  test("what goes away, and what only an apply will tell, is let be", async () => {
    const modules = await modulesOf("codementor");
    const gone = { address: "a", type: "google_sql_database_instance", change: { actions: ["delete"], after: null } };
    const unknown = {
      address: "a",
      type: "google_redis_instance",
      change: { actions: ["create"], after: {}, after_unknown: { transit_encryption_mode: true } },
    };
    expect(denied(modules, { resource_changes: [gone, unknown] })).toEqual([]);
  });

  test("nothing of the sandbox reaches the ledger's production", async () => {
    const modules = await modulesOf("proveniq-ledger");
    const production = "proveniq-ledger-production";
    const ways: readonly unknown[] = [
      plan("google_project_iam_member", { project: production, member: "user:a@example.com", role: "roles/viewer" }),
      plan("google_storage_bucket_iam_member", { member: `serviceAccount:x@${production}.iam.gserviceaccount.com` }),
      plan("google_compute_network_peering", {
        peer_network: `https://www.googleapis.com/compute/v1/projects/${production}/global/networks/default`,
      }),
      plan("google_secret_manager_secret_iam_member", { secret_id: `projects/${production}/secrets/database-url` }),
      plan("google_cloud_run_v2_service", { template: [{ env: [{ name: "A", value: `gs://${production}-documents` }] }] }),
      { configuration: { provider_config: { google: { expressions: { project: { constant_value: production } } } } } },
      { variables: { project: { value: production } } },
      { prior_state: { values: { root_module: { resources: [{ values: { project: production } }] } } } },
    ];
    for (const way of ways) expect(denied(modules, way), JSON.stringify(way)).not.toEqual([]);
    const own = plan("google_storage_bucket", { project: "proveniq-ledger-sandbox", name: "proveniq-ledger-sandbox-documents" });
    expect(denied(modules, own)).toEqual([]);
  });

  test("the files themselves are judged as far as they are written out", async () => {
    const modules = await modulesOf("codementor");
    const read = async (text: string) => denied(modules, await hclToJson("main.tf", text));
    const open =
      'resource "google_sql_database_instance" "db" {\n  settings {\n    ip_configuration {\n      ipv4_enabled = true\n';
    expect(await read(`${open}    }\n  }\n}\n`)).toHaveLength(2);
    expect(await read('resource "google_redis_instance" "c" {\n  transit_encryption_mode = var.mode\n}\n')).toEqual([]);
    expect(await read('resource "google_sql_user" "u" {\n  password = "correct horse"\n}\n')).toHaveLength(1);
    expect(await read('resource "google_sql_user" "u" {\n  password = random_password.db.result\n}\n')).toEqual([]);
  });

  test.each(examples)("the Terraform of %s %j passes its own policies", async (name, switches) => {
    const files = [...(await filesOf(name, { switches })).values()];
    const modules = Object.fromEntries(files.filter(({ path }) => path.endsWith(".rego")).map(({ path, text }) => [path, text]));
    const written = files.filter(({ path }) => path.endsWith(".tf"));
    if (Object.keys(modules).length === 0 || written.length === 0) return;
    const inputs = await Promise.all(written.map(async ({ path, text }) => [path, await hclToJson(path, text)] as const));
    const query = `{path: messages | some path, input_of in given; messages := judged(input_of); count(messages) > 0}
given := ${JSON.stringify(Object.fromEntries(inputs))}
judged(input_of) := messages if { messages := data.main.deny with input as input_of }`;
    expect(evaluate(modules, query)).toEqual({});
  });
});

describe.skipIf(!opaIsThere)("run by opa", () => {
  test.each(examples)("the policies of %s %j are checked, in opa's format, and pass their tests", async (name, switches) => {
    const modules = await modulesOf(name, switches);
    for (const command of [["check", "--strict"], ["fmt", "--fail", "--list"], ["test"]])
      expect(opa(modules, ...command)).toMatchObject({ status: 0 });
  });
});
