import { expect, test } from "vitest";
import { filesOf } from "../support/synth.ts";

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
