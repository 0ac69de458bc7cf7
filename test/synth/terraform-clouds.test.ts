import { expect, test } from "vitest";
import * as g from "../../src/spec/index.ts";
import { synth } from "../../src/synth/index.ts";
import { checkSpec } from "../support/spec.ts";
import { filesOf, library } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";

// The same product on one cloud or the other: whoever knows the one tree finds their way in the other.

const clouds = ["aws", "azure"] as const;

async function pathsOf(cloud: string, plain = false): Promise<readonly string[]> {
  const files = await filesOf("ai-governance", { switches: { cloud }, plain });
  return [...files.keys()]
    .filter((path) => path.startsWith("infra/terraform/"))
    .map((path) => path.slice("infra/terraform/".length));
}

test("its roots have the same files", async () => {
  const [aws, azure] = await Promise.all(
    clouds.map(async (cloud) => (await pathsOf(cloud)).filter((path) => /^(staging|production)\/.*\.tf$/.test(path))),
  );
  expect(aws).toEqual(azure);
});

test.each(clouds)("on %s its modules have the names of the document", async (cloud) => {
  const folders = new Set((await pathsOf(cloud)).flatMap((path) => /^modules\/([^/]+)\//.exec(path)?.[1] ?? []));
  for (const name of [
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
  ])
    expect(folders).toContain(name);
});

test("MinIO and the way in are the same modules on both", async () => {
  const [aws, azure] = await Promise.all(clouds.map((cloud) => filesOf("ai-governance", { switches: { cloud } })));
  for (const module of ["minio", "ingress", "storage_class"])
    for (const file of ["main.tf", "variables.tf", "outputs.tf", "README.md"]) {
      const path = `infra/terraform/modules/${module}/${file}`;
      expect(azure?.get(path)?.text).toBeDefined();
      expect(aws?.get(path)?.text).toBe(azure?.get(path)?.text);
    }
});

test.each(clouds)("without Gantry, no Terraform file for %s names it", async (cloud) => {
  for (const [path, { text }] of await filesOf("ai-governance", { switches: { cloud }, plain: true }))
    if (path.startsWith("infra/terraform/")) expect(text, path).not.toMatch(/gantry/i);
});

test.each(clouds)("the files for %s are the same bytes every time", async (cloud) => {
  const text = async () =>
    [...(await filesOf("ai-governance", { switches: { cloud } }))].map(([path, one]) => `${path}\n${one.text}`).join("");
  expect(await text()).toBe(await text());
});

test.each(clouds)("what the Kubernetes files for %s want to know is in an output of the root", async (cloud) => {
  const files = await filesOf("ai-governance", { switches: { cloud } });
  for (const environment of ["staging", "production"]) {
    const wanted = files.get(`infra/kubernetes/overlays/${environment}/terraform.env`)?.text ?? "";
    const outputs = files.get(`infra/terraform/${environment}/outputs.tf`)?.text ?? "";
    const names = [...wanted.matchAll(/^([A-Z_0-9]+)=/gm)].map(([, name = ""]) => name);
    const given = [...(/output "terraform_env" \{[^]*?\n\}/.exec(outputs)?.[0] ?? "").matchAll(/^ +([A-Z_0-9]+) += /gm)];
    expect(names).toEqual(given.map(([, name]) => name));
  }
});

/** A small product in these environments, as it is written. */
function filesIn(environments: Record<string, g.Environment>, more: Partial<Parameters<typeof g.pipeline>[0]> = {}) {
  const db = g.postgres("db", { version: 16, backup: { pitr: "7d" } });
  const api = g.service("api", {
    build: "./api",
    stack: g.node("20"),
    health: "/health",
    uses: [db],
    env: { DATABASE_URL: db.url },
  });
  const checked = checkSpec(
    g.product("shop", {
      services: [api],
      repository: g.github("acme/shop"),
      pipeline: g.pipeline({ runsOn: ["github actions"], ...more }),
      environments,
    }),
  );
  expect(checked.problems).toEqual([]);
  const files = synth({ name: "shop", environments: checked.environments, library: library(), plain: false });
  return new Map(files.map(({ path, text }) => [path, text]));
}

test("a product on two clouds at once has a folder of modules for each, and one that leaves a cloud has one folder again", async () => {
  const google = { here: g.gcp("shop-here", { runs: "cloud run", deploy: g.onMerge("main") }) };
  const both = { ...google, there: g.aws("123456789012", { runs: "ecs", deploy: g.byHand() }) };
  const files = filesIn(both);
  expect(await terraformProblems(files)).toEqual([]);
  const modules = [...files.keys()].flatMap((path) => /^infra\/terraform\/modules\/(.+)\/main\.tf$/.exec(path)?.[1] ?? []);
  expect(modules.filter((one) => one.endsWith("/network"))).toEqual(["aws/network", "gcp/network"]);
  expect(modules.every((one) => /^(aws|gcp)\/[^/]+$/.test(one))).toBe(true);
  const sources = (root: string) =>
    [...files].flatMap(([path, text]) =>
      path.startsWith(`infra/terraform/${root}/`)
        ? [...text.matchAll(/^ +source += "\.\.\/modules\/([^/"]+)\/[^/"]+"$/gm)].map(([, cloud]) => cloud)
        : [],
    );
  expect([new Set(sources("here")), new Set(sources("there"))]).toEqual([new Set(["gcp"]), new Set(["aws"])]);
  const alone = filesIn(google);
  expect(await terraformProblems(alone)).toEqual([]);
  expect([...alone.keys()]).toContain("infra/terraform/modules/network/main.tf");
});

test("where the states lie on AWS, what Google Cloud's environments share has a root of its own beside that of their bucket", async () => {
  const google = { runs: "cloud run", registry: "us-docker.pkg.dev/<project>/shop/<service>:<sha>" } as const;
  const files = filesIn(
    {
      dev: g.gcp("shop-dev", { ...google, deploy: g.onMerge("main") }),
      prod: g.gcp("shop-prod", { ...google, deploy: g.byHand() }),
      there: g.aws("123456789012", { runs: "ecs", deploy: g.byHand() }),
    },
    { identity: "github oidc", infrastructure: { state: { in: "s3", bucket: "shop-states" } } },
  );
  expect(await terraformProblems(files)).toEqual([]);
  expect(files.get("infra/terraform/state/main.tf")).toContain("aws_s3_bucket");
  expect(files.get("infra/terraform/shared/main.tf")).toContain("roles/artifactregistry.reader");
  const readme = files.get("infra/README.md");
  expect(readme).toContain("`infra/terraform/shared/terraform.tfvars`");
  expect(readme).not.toContain("the bucket of the state is made");
});

test("pull requests on AWS push their images by a role that may do nothing else, into their own registry or a shared one", async () => {
  const images = { on: [g.onPullRequest(), g.onMerge("main")] };
  const filesOn = (registry: string) =>
    filesIn(
      { dev: g.aws("123456789012", { runs: "ecs", region: "eu-central-1", registry, deploy: g.onMerge("main") }) },
      { identity: "github oidc", images },
    );
  const own = filesOn("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/<service>:<sha>");
  expect(await terraformProblems(own)).toEqual([]);
  const ci = own.get(".github/workflows/ci.yml") ?? "";
  expect(ci).toContain("environment: dev-preview");
  expect(ci).toContain("role-to-assume: ${{ vars.AWS_PREVIEW_ROLE }}");
  expect(ci).not.toContain("AWS_DEPLOY_ROLE");
  const security = own.get("infra/terraform/dev/security.tf") ?? "";
  expect(security).toMatch(/environment = "dev-preview"\n +permissions = \{/);
  expect(security).toContain('resources = [module.registry.arns["shop/api"]]');
  expect(security).toContain('deployers  = ["${var.name}-deploy", "${var.name}-plan", "${var.name}-preview"]');
  expect(own.get("infra/README.md")).toContain("`AWS_PREVIEW_ROLE` one of `dev-preview`");

  const shared = filesOn("444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop/<service>:<sha>");
  expect(await terraformProblems(shared)).toEqual([]);
  expect(shared.get("infra/terraform/dev/security.tf")).toContain(":444455556666:repository/shop/api");
  expect(shared.get("infra/terraform/registry/main.tf")).toMatch(/dev-preview = \{[^}]*role += "shop-dev-preview"/);
});
