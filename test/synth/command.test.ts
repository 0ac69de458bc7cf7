import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exampleNames, gantry, root, temporaryFolder } from "../support/gantry.ts";

type Report = {
  readonly ok: boolean;
  readonly unwatched: readonly { readonly environment: string; readonly alert: string; readonly reason: string }[];
  readonly files: readonly { readonly path: string; readonly is: string; readonly diff?: string }[];
};

/** A copy of an example's spec, without any file that was written of it. */
function specOf(name: string): string {
  const folder = path.join(temporaryFolder(), name);
  mkdirSync(folder);
  for (const file of readdirSync(path.join(root, "examples", name)))
    if (file.endsWith(".ts")) cpSync(path.join(root, "examples", name, file), path.join(folder, file));
  return folder;
}

async function synth(folder: string, ...args: string[]): Promise<Report & { readonly status: number | null }> {
  const ran = await gantry(["synth", "--json", ...args], { cwd: folder });
  return { ...(JSON.parse(ran.out) as Report), status: ran.status };
}

const kinds = ({ files }: Report) => [...new Set(files.map(({ is }) => is))].toSorted();
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();

test("the trees of the examples are what their specs say", async () => {
  for (const name of exampleNames) {
    const { status, out } = await gantry(["synth", "--check", "--json"], { cwd: path.join(root, "examples", name) });
    const differing = (JSON.parse(out) as Report).files.filter(({ is }) => is !== "same");
    expect({ name, status, differing }).toEqual({ name, status: 0, differing: [] });
  }
});

test.each(exampleNames)("%s as plain data gives the same tree", async (name) => {
  const kind = exampleNames.indexOf(name) % 2 === 0 ? "json" : "yaml";
  const folder = temporaryFolder();
  const shown = await gantry(["show", `--${kind}`], { cwd: path.join(root, "examples", name) });
  writeFileSync(path.join(folder, `gantry.${kind}`), shown.out);
  expect((await synth(folder)).status).toBe(0);
  const manifest = (at: string) => readFileSync(path.join(at, "gantry.files.json"), "utf8");
  expect(manifest(folder)).toBe(manifest(path.join(root, "examples", name)));
});

test("written once, checked, edited, shown, overwritten", async () => {
  const folder = specOf("bytereview");
  const spec = filesIn(folder);
  const dry = await synth(folder, "--dry-run");
  expect(kinds(dry)).toEqual(["new"]);
  expect(filesIn(folder)).toEqual(spec);
  expect((await synth(folder, "--check")).status).toBe(1);
  expect(await synth(folder)).toMatchObject({ ok: true, status: 0 });
  // And the spec, the manifest, and what is remembered of it all.
  const others = [...spec, "gantry.files.json", ".gantry/.gitignore", ".gantry/synth.json"];
  expect(filesIn(folder)).toEqual([...dry.files.map((one) => one.path), ...others].toSorted());
  const again = await synth(folder, "--check");
  expect([again.status, kinds(again)]).toEqual([0, ["same"]]);

  const edited = "infra/envs/prod/main.tf";
  const file = path.join(folder, edited);
  writeFileSync(file, `${readFileSync(file, "utf8")}# by hand\n`);
  const kept = await synth(folder);
  expect([kept.status, kept.files.filter(({ is }) => is !== "same")]).toEqual([1, [{ path: edited, is: "edited" }]]);
  expect(readFileSync(file, "utf8")).toContain("by hand");
  const diff = await gantry(["synth", "--diff"], { cwd: folder });
  expect(diff.out).toContain("-# by hand");
  expect(diff.status).toBe(0);
  const told = await gantry(["synth"], { cwd: folder });
  expect(told.err).toMatch(/kept infra\/envs\/prod\/main\.tf \(changed by hand/);
  expect((await synth(folder, "--force")).status).toBe(0);
  expect(readFileSync(file, "utf8")).not.toContain("by hand");
});

test("an environment that goes takes its files with it, and nothing else", async () => {
  const folder = specOf("cpa-platform");
  await synth(folder);
  expect(existsSync(path.join(folder, "infra/demo/main.tf"))).toBe(true);
  const spec = path.join(folder, "gantry.config.ts");
  const text = readFileSync(spec, "utf8");
  const start = text.indexOf("    demo: aws(");
  writeFileSync(spec, `${text.slice(0, start)}${text.slice(text.indexOf("    }),\n", start) + 8)}`);
  const { files } = await synth(folder);
  const removed = files.filter(({ is }) => is === "removed").map(({ path: name }) => name);
  // Production is the only one left that images are promoted to, so that job stands where it runs again.
  expect(removed.filter((name) => !name.includes("demo"))).toEqual([".github/workflows/_promote.yml"]);
  expect(existsSync(path.join(folder, "infra/demo"))).toBe(false);
  expect(existsSync(path.join(folder, "infra/staging/main.tf"))).toBe(true);
});

describe("eject", () => {
  test.each(exampleNames)("%s goes on without a trace of Gantry", async (name) => {
    const folder = specOf(name);
    await synth(folder);
    const { status } = await gantry(["eject", "--yes"], { cwd: folder });
    expect(status).toBe(0);
    for (const file of readdirSync(folder).filter((one) => one.endsWith(".ts"))) rmSync(path.join(folder, file));
    const traces = filesIn(folder).flatMap((file) =>
      readFileSync(path.join(folder, file), "utf8")
        .split("\n")
        .flatMap((line) => (/gantry/i.test(line) ? [`${file}: ${line}`] : [])),
    );
    expect(traces).toEqual([]);
    expect(filesIn(folder).length).toBeGreaterThan(5);
  });

  test("keeps what was changed by hand, without its mark, and overwrites it with --force", async () => {
    for (const force of [false, true]) {
      const folder = specOf("codementor");
      await synth(folder);
      const file = path.join(folder, "infrastructure/gcp/README.md");
      writeFileSync(file, `${readFileSync(file, "utf8")}our own words\n`);
      expect((await gantry(["eject", "--yes", ...(force ? ["--force"] : [])], { cwd: folder })).status).toBe(0);
      expect(readFileSync(file, "utf8").includes("our own words")).toBe(!force);
      expect(readFileSync(file, "utf8")).not.toMatch(/written by gantry/i);
    }
  });

  test("asks, and where nobody can answer says so", async () => {
    const folder = specOf("codementor");
    await synth(folder);
    const { status, err } = await gantry(["eject"], { cwd: folder });
    expect([status, err]).toEqual([2, expect.stringContaining("--yes")]);
    expect(existsSync(path.join(folder, "gantry.files.json"))).toBe(true);
  });
});

test("the same product goes to AWS or to Azure, by a switch", async () => {
  const folder = specOf("ai-governance");
  await synth(folder);
  const aws = filesIn(folder);
  const { status } = await synth(folder, "--switch", "cloud=azure");
  expect(status).toBe(0);
  expect(readFileSync(path.join(folder, "infra/terraform/production/main.tf"), "utf8")).not.toMatch(/aws/i);
  expect((await synth(folder)).status).toBe(0);
  expect(filesIn(folder)).toEqual(aws);
});

test("files of another product are not touched", async () => {
  const folder = specOf("codementor");
  await synth(folder);
  const manifest = path.join(folder, "gantry.files.json");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"codementor"', '"other"'));
  const { status, out } = await gantry(["synth", "--json"], { cwd: folder });
  expect([status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, "other-product"]);
});

test.each([
  [
    "two scripts of one name",
    `environments: { dev: gcp("shop-dev") }, files: { scripts: { folder: "s", parts: { project: "one.sh", network: "one.sh" } } }`,
  ],
])("%s is told as a clash of the spec's, and nothing is written", async (_what, rest) => {
  const folder = temporaryFolder();
  const names = "aws, gcp, node, policy, product, service";
  writeFileSync(
    path.join(folder, "gantry.config.ts"),
    `import { ${names} } from "gantry";
export default product("shop", { services: [service("api", { build: "./api", stack: node("20"), health: "/h" })], ${rest} });
`,
  );
  const { status, out } = await gantry(["synth", "--json"], { cwd: folder });
  expect([status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([2, "same-file"]);
  expect(filesIn(folder)).toEqual(["gantry.config.ts"]);
});

test("several Dockerfiles of one folder each have what they leave out beside them; two languages in one are refused", async () => {
  const folder = temporaryFolder();
  const spec = (services: string) =>
    writeFileSync(
      path.join(folder, "gantry.config.ts"),
      `import { gcp, node, product, python, service } from "gantry";
export default product("shop", { services: [${services}], environments: { dev: gcp("shop-dev") } });
`,
    );
  const built = (name: string, file: string, stack = 'node("20")') =>
    `service("${name}", { build: { context: ".", file: "${file}" }, stack: ${stack}, health: "/h" })`;
  spec(`${built("a", "services/a/Dockerfile")}, ${built("b", "services/b/Dockerfile", 'python("3.12")')}`);
  expect((await synth(folder)).status).toBe(0);
  for (const name of ["a", "b"]) expect(existsSync(path.join(folder, `services/${name}/Dockerfile.dockerignore`))).toBe(true);
  spec(`${built("a", "Dockerfile")}, ${built("b", "Dockerfile", 'python("3.12")')}`);
  const { status, err } = await gantry(["synth"], { cwd: folder });
  expect([status, err]).toEqual([2, expect.stringContaining("node and python are built of one Dockerfile")]);
});

describe("what nothing watches", () => {
  test("is told in short with where to read it, and in full to programs; also when nothing of the spec has changed", async () => {
    const folder = specOf("bytereview");
    for (const remembered of [false, true]) {
      const { err, status } = await gantry(["synth"], { cwd: folder });
      expect({ remembered, status }).toEqual({ remembered, status: 0 });
      expect(err).toMatch(
        /! (\d+) alerts of the spec are watched by nothing: \d+ in staging and \d+ in prod\n {2}→ infra\/monitoring\/README\.md/,
      );
    }
    const { unwatched } = await synth(folder);
    expect(unwatched).toContainEqual({
      environment: "prod",
      alert: "API burns 1× over 3d",
      reason: "Cloud Monitoring looks back 1d at most, and not 3d",
    });
    const page = readFileSync(path.join(folder, "infra/monitoring/README.md"), "utf8");
    const section = page.slice(page.indexOf("### Watched by nothing"));
    for (const { environment, alert, reason } of unwatched)
      expect(section).toContain(`${alert} in \`${environment}\`: ${reason}`);
  });

  test("is no word where everything is watched", async () => {
    const folder = specOf("cpa-platform");
    expect((await gantry(["synth"], { cwd: folder })).err).not.toContain("watched by nothing");
    expect((await synth(folder)).unwatched).toEqual([]);
  });
});
