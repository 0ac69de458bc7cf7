import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { imageProblem } from "../../src/spec/clouds/registries.ts";
import * as g from "../../src/spec/index.ts";
import { checkData, checkSpec, loadExample } from "../support/spec.ts";
import { exampleNames } from "../support/synth.ts";
import { checkProduct } from "../../src/spec/check.ts";

type Options = Parameters<typeof g.product>[1];

function problems(options: Omit<Options, "services"> & Partial<Options>): string[] {
  const found = checkSpec(g.product("p", { services: [g.service("api")], ...options })).problems;
  return found.map((one) => `${one.code} ${one.path}: ${one.message}`);
}

const long = (length: number) => `n${"x".repeat(length - 1)}`;
const google = g.gcp("shop-dev", { runs: "cloud run" });
const amazon = g.aws("shop");
const azure = g.azure("shop");

test.each(exampleNames)("every name in %s is taken", async (name) => {
  expect(checkProduct(await loadExample(name)).problems).toEqual([]);
});

describe("a name of the longest form is taken, and one character more is not", () => {
  const database = (instance: string) => [g.postgres("db", { version: 16, instance })];
  const cache = (instance: string) => [g.redis("cache", { version: 7, instance })];
  const store = (bucket: string) => [g.bucket("store", { bucket })];
  const key = (instance: string) => [g.kmsKey("key", { instance })];
  const job = (name: string) => ({ services: [g.cron("job", { schedule: "0 3 * * *", deployment: { name } })] });
  const account = (account: string) => ({ services: [g.service("api", { account })] });
  const here = (environment: g.Environment) => ({ environments: { here: environment } });
  const kinds: readonly (readonly [string, number, number, (name: string) => Parameters<typeof problems>[0]])[] = [
    ["Cloud Run service", 1, 49, (name) => ({ ...here(google), services: [g.service(name)] })],
    ["service account", 6, 30, (name) => ({ ...here(google), ...account(name) })],
    ["Memorystore instance", 1, 40, (name) => ({ ...here(google), resources: cache(name) })],
    ["Cloud SQL instance", 1, 63, (name) => ({ ...here(google), resources: database(name) })],
    ["bucket of Google Cloud", 3, 63, (name) => ({ ...here(google), resources: store(name) })],
    ["GKE cluster", 1, 40, (name) => here(g.gcp("shop-dev", { runs: "gke", cluster: { name } }))],
    ["CronJob on GKE", 1, 52, (name) => ({ ...here(g.gcp("shop-dev", { runs: "gke" })), ...job(name) })],
    ["CronJob on EKS", 1, 52, (name) => ({ ...here(g.aws("shop", { runs: "eks" })), ...job(name) })],
    ["RDS instance", 1, 63, (name) => ({ ...here(amazon), resources: database(name) })],
    ["ElastiCache group", 1, 40, (name) => ({ ...here(amazon), resources: cache(name) })],
    ["bucket of S3", 3, 63, (name) => ({ ...here(amazon), resources: store(name) })],
    ["IAM role", 1, 64, (name) => ({ ...here(amazon), ...account(name) })],
    ["PostgreSQL server", 3, 63, (name) => ({ ...here(azure), resources: database(name) })],
    ["container", 3, 63, (name) => ({ ...here(azure), resources: store(name) })],
    ["key vault", 3, 24, (name) => ({ ...here(azure), resources: key(name) })],
    ["virtual network", 2, 63, (name) => here(g.azure("shop", { network: { name } }))],
    ["managed identity", 3, 128, (name) => ({ ...here(azure), ...account(name) })],
  ];
  test.each(kinds)("%s: %d to %d characters", (_, least, most, product) => {
    expect(problems(product(long(most)))).toEqual([]);
    expect(problems(product(long(least)))).toEqual([]);
    expect(problems(product(long(most + 1)))).toHaveLength(1);
    if (least > 1) expect(problems(product(long(least - 1)))).toHaveLength(1);
  });
});

describe("what somebody keeps for himself is refused", () => {
  const db = (more: { database?: string; user?: string }) => [g.postgres("db", { version: 16, ...more })];
  test.each([
    [google, db({ database: "postgres" }), "Postgres makes a database of that name itself"],
    [g.local(), db({ database: "template1" }), "Postgres makes a database of that name itself"],
    [google, db({ database: "cloudsqladmin" }), "the cloud keeps"],
    [amazon, db({ database: "rdsadmin" }), "the cloud keeps"],
    [azure, db({ database: "azure_sys" }), "the cloud keeps"],
    [g.local(), db({ database: "table" }), "a word of SQL"],
    [google, db({ user: "postgres" }), "the cloud keeps"],
    [amazon, db({ user: "admin" }), "the cloud keeps"],
    [azure, db({ user: "root" }), "the cloud keeps"],
    [g.local(), db({ user: "pg_shop" }), "begin with pg_"],
    [g.local(), db({ user: "public" }), "no user of that name"],
    [g.local(), db({ user: "user" }), "a word of SQL"],
    [google, [g.bucket("b", { bucket: "goog-shop" })], "google"],
    [google, [g.bucket("b", { bucket: "my-google-shop" })], "google"],
    [google, [g.topic("t", { instance: "goog-events" })], "goog"],
    [amazon, [g.bucket("b", { bucket: "xn--shop" })], "reserved by S3"],
    [amazon, [g.bucket("b", { bucket: "shop--ol-s3" })], "reserved by S3"],
    [amazon, [g.bucket("b", { engine: "minio", bucket: "shop-s3alias" })], "reserved by S3"],
    [amazon, [g.postgres("db", { version: 16, instance: "a--b" })], "two dashes in a row"],
    [amazon, [g.kmsKey("k", { instance: "aws-shop" })], "AWS itself"],
    [azure, [g.kmsKey("k", { instance: "a--b" })], "two dashes in a row"],
  ] as const)("%#", (environment, resources, words) => {
    const found = problems({ resources: [...resources], environments: { here: environment } });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("cloud-name");
    expect(found[0]).toContain(words);
  });

  test("what somebody else runs, or what only runs on a laptop, may be named as it is", () => {
    const db = g.postgres("db", { version: 16, database: "postgres", external: true, instance: "a--b" });
    expect(problems({ resources: [db], environments: { here: amazon } })).toEqual([]);
    const cache = g.redis("cache", { version: 7, instance: long(60) });
    expect(problems({ resources: [cache], environments: { here: g.local() } })).toEqual([]);
    expect(problems({ resources: [cache], environments: { here: g.gcp("shop-dev", { managed: "elsewhere" }) } })).toEqual([]);
  });
});

describe("variables", () => {
  const having = (...names: string[]) => [g.service("api", { env: Object.fromEntries(names.map((name) => [name, "1"])) })];

  test("those of Cloud Run are refused there, those of shells everywhere", () => {
    expect(problems({ services: having("PORT", "K_SERVICE"), environments: { here: google } })).toHaveLength(2);
    expect(problems({ services: having("PORT"), environments: { here: amazon } })).toEqual([]);
    expect(problems({ services: having("UID", "SHELLOPTS"), environments: { here: g.local() } })).toHaveLength(2);
  });

  test("a flag that is a variable is named as one", () => {
    const api = g.service("api");
    const flagged = (name: string) =>
      problems({ services: [api], flags: [g.flag(name, { variableOf: api })], environments: { here: g.local() } });
    expect(flagged("ENABLE_WEBHOOKS")).toEqual([]);
    expect(flagged("enable-webhooks")).toEqual([
      'cloud-name flags.enable-webhooks: the flag "enable-webhooks" cannot be a variable of api: a variable\'s name is letters, digits and underscores',
    ]);
  });
});

describe("images", () => {
  test.each([
    "api:<sha>",
    "us-central1-docker.pkg.dev/br-stage-<id>/bytereview/api:<sha>",
    "<account>.dkr.ecr.us-east-1.amazonaws.com/cpa-backend:v1.2.3",
    "localhost:5000/a/b_c/d.e--f:latest",
    `nginx@sha256:${"a".repeat(64)}`,
    "governance.azurecr.io/client:<sha>",
  ])("%s is taken", (image) => expect(imageProblem(image)).toBeUndefined());

  test.each([
    "API:<sha>",
    "registry.example.com/Shop/api",
    "registry.example.com//api",
    "registry.example.com/api:",
    "registry.example.com/api-:v1",
    "a.azurecr.io/client:v1",
    "shop-images.azurecr.io/client:v1",
    "1.dkr.ecr.us-east-1.amazonaws.com/a:v1",
    `registry.example.com/${"a".repeat(256)}`,
    "registry.example.com/api:${{ github.token }}",
    "registry.example.com/$(id)",
    "registry.example.com/ápi",
  ])("%s is refused", (image) => expect(imageProblem(image)).toMatchObject({ rule: expect.any(String) }));
});

describe("the pipeline's own names", () => {
  const infrastructure = (more: object) => g.pipeline({ runsOn: ["github actions"], infrastructure: more });

  test("modules, the bucket of the state, accounts", () => {
    const modules = { folder: "infra/modules", names: ["network", "9lives", "a b"], makes: { redis: { name: "../cache" } } };
    expect(problems({ pipeline: infrastructure({ modules }), environments: { here: g.local() } })).toHaveLength(3);
    const state = { in: "gcs", bucket: "google-state" };
    expect(problems({ pipeline: infrastructure({ state }), environments: { here: google } })).toHaveLength(1);
    const deployer = { account: "tf", identity: "github oidc" };
    expect(problems({ pipeline: infrastructure({ deployer }), environments: { here: google, there: amazon } })).toEqual([
      'cloud-name pipeline.infrastructure.deployer.account: the account of the pipeline cannot be named "tf": 6 to 30 characters are allowed, not 2',
    ]);
  });
});

// Every kind of name, and what somebody may try to smuggle in through it: into a shell, HCL, YAML, an expression, Markdown, a terminal.
const smuggled = [
  "$(touch /tmp/x)",
  "`id`",
  "a; rm -rf /",
  "a && b",
  'a" b',
  "a' b",
  "${var.secret}",
  "${{ secrets.TOKEN }}",
  "%{ for x in y }",
  "a\nb: c",
  "a\tb",
  "a: b",
  "- a",
  "#a",
  "../../etc",
  "a|b",
  "<script>",
  "\u001b[31m",
  "a\u202eb",
  "a\u0000b",
  "аpi", // a Cyrillic letter
  "ａpi",
  "é",
  "🚀",
  "",
  " ",
];

describe("nothing is smuggled in through a name", () => {
  const data = (more: object) => ({
    schemaVersion: 1,
    name: "shop",
    services: { api: { kind: "service" } },
    environments: { here: { cloud: "gcp", project: "shop-dev" } },
    ...more,
  });
  const named = (collection: string, value: object) => (name: string) => data({ [collection]: own(name, value) });
  const own = (name: string, value: unknown) => Object.fromEntries([[name, value]]);
  const gcp = (more: object) => ({ environments: { here: { cloud: "gcp", project: "shop-dev", ...more } } });
  const postgres = (more: object) => data({ resources: { db: { kind: "postgres", version: 16, ...more } } });
  const kinds: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
    "a product": (name) => data({ name }),
    "a service": named("services", { kind: "service" }),
    "a resource": named("resources", { kind: "topic" }),
    "a secret": named("secrets", {}),
    tenants: named("tenants", { key: "id", in: { ref: "resources.db" } }),
    "an environment": (name) => data({ environments: own(name, { cloud: "local" }) }),
    "a project": (project) => data({ environments: { here: { cloud: "gcp", project } } }),
    "a cluster": (name) => data(gcp({ runs: "gke", cluster: { name } })),
    "a network": (name) => data(gcp({ network: { name } })),
    "a workspace": (workspace) => data(gcp({ workspace })),
    "a host": (host) => data(gcp({ domain: [host] })),
    "a region": (region) => data(gcp({ region })),
    "a deployment": (name) => data({ services: { api: { kind: "service", deployment: { name } } } }),
    "a container": (container) => data({ services: { api: { kind: "service", deployment: { container } } } }),
    "an account": (account) => data({ services: { api: { kind: "service", account } } }),
    "an image": (image) => data({ services: { api: { kind: "service", image } } }),
    "an instance": (instance) => postgres({ instance }),
    "a database": (database) => postgres({ database }),
    "a user": (user) => postgres({ user }),
    "a bucket": (bucket) => data({ resources: { b: { kind: "bucket", bucket } } }),
    "a module": (name) =>
      data({
        pipeline: { runsOn: ["github actions"], infrastructure: { modules: { folder: "modules", names: [name] } } },
      }),
  };
  test.each(Object.entries(kinds))("%s", (_, product) => {
    for (const name of smuggled) expect(checkData(product(name)).problems, JSON.stringify(name)).not.toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        if (checkData(product(name)).problems.length === 0) expect(name).toMatch(/^[A-Za-z0-9_.+=,@:/-]+$/);
      }),
      { seed: 20_261_121, numRuns: 100 },
    );
  });

  test("a variable of a service", () => {
    const product = (name: string) => data({ services: { api: { kind: "service", env: own(name, "1") } } });
    for (const name of smuggled) expect(checkData(product(name)).problems, JSON.stringify(name)).not.toEqual([]);
  });

  test("a path leads out of no repository", () => {
    for (const file of ["/etc/passwd", "../up.md", "a/../../b", "$(id).md", "a`b", "a\nb"])
      expect(checkData(data({ files: { guide: { file } } })).problems, file).not.toEqual([]);
  });
});
