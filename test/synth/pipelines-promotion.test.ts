import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { scripts as setUpScripts } from "../../src/synth/scripts/index.ts";
import { fileOf } from "../support/pipelines.ts";
import { subjectOf } from "../support/synth.ts";

// What pull requests may do, what is built twice, and how a version finds its way from one project to the next.

type Step = {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
};
type Job = {
  readonly concurrency?: { readonly group: string };
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
};
type Workflow = { readonly jobs: Readonly<Record<string, Job>> };
type Build = {
  readonly timeout: string;
  readonly steps: readonly {
    readonly id: string;
    readonly timeout: string;
    readonly waitFor?: readonly string[];
    readonly env?: readonly string[];
    readonly script: string;
  }[];
};

const workflow = async (name: string) =>
  parse(await fileOf("github actions", "bytereview", `.github/workflows/${name}.yml`)) as Workflow;
const build = async (name: string) =>
  parse(await fileOf("cloud build", "codementor", `infrastructure/gcp/cloudbuild${name}.yaml`)) as Build;

/** The script of a step, run with programs that answer as these do, and what they were asked. */
function ran(script: string, env: Readonly<Record<string, string>>, programs: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(path.join(tmpdir(), "promotion-"));
  try {
    const asked = path.join(folder, "asked");
    writeFileSync(asked, "");
    for (const [name, body] of Object.entries(programs))
      writeFileSync(path.join(folder, name), `#!/usr/bin/env bash\nprintf '%s\\n' "${name} $*" >> '${asked}'\n${body}\n`, {
        mode: 0o755,
      });
    const { status, stderr } = spawnSync("bash", ["-c", `set -euo pipefail\n${script}`], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        GITHUB_OUTPUT: path.join(folder, "given"),
        ...env,
      },
    });
    const given = spawnSync("cat", [path.join(folder, "given")], { encoding: "utf8" }).stdout;
    return { status, stderr, given, asked: readFileSync(asked, "utf8").split("\n").slice(0, -1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("pull requests", () => {
  test.each(["ci", "preview"])("of the workflow %s act as the previewer, and never as the deployer", async (name) => {
    const { jobs } = await workflow(name);
    const accountsIn = (all: Workflow["jobs"]) =>
      Object.values(all).flatMap(({ environment, steps = [] }) =>
        steps.flatMap((one) => (one.with?.["service_account"] === undefined ? [] : [[environment, one.with["service_account"]]])),
      );
    // What is called acts as whom it is given: for its environment, where it only plans.
    const called = Object.values(jobs).filter(({ uses }) => uses !== undefined);
    for (const { uses } of called) expect(uses).toBe("./.github/workflows/_review.yml");
    expect(accountsIn((await workflow("_review")).jobs)).toEqual([["${{ inputs.environment }}-plan", "${{ inputs.account }}"]]);
    const accounts = [...accountsIn(jobs), ...called.map((one) => [`${one.with?.["environment"]}-plan`, one.with?.["account"]])];
    expect(accounts.length).toBeGreaterThan(0);
    for (const [environment, account] of accounts)
      expect(account).toMatch(environment?.endsWith("-plan") === true ? /^tf-planner@/ : /^previewer@/);
  });

  test("that two workflows build at once wait for each other, image by image", async () => {
    const groups = await Promise.all(
      ["ci", "preview"].map(async (name) => (await workflow(name)).jobs["images"]?.concurrency?.group),
    );
    expect(new Set(groups)).toEqual(new Set(["images-${{ github.event.pull_request.number }}-${{ matrix.service }}"]));
  });

  test("a preview leaves a service telling what Terraform tells it, also when it stops halfway", async () => {
    const step = (await workflow("preview")).jobs["preview"]?.steps?.find(({ name }) => name === "Revision without traffic");
    const env = { PROJECT: "br-dev-1", REGION: "us-central1", PREFIX: "p", SHA: "abc", PR: "7", STARTED: "2025-01-01T00:00:00Z" };
    const url = `if [[ $* == *describe* && $* == *json* ]]; then echo '{"status":{"traffic":[{"tag":"pr-7","url":"https://pr-7---x"}]}}'; fi`;
    const whole = ran(step?.run ?? "", env, { gcloud: url });
    const broken = ran(step?.run ?? "", env, { gcloud: `${url}\n[[ $* != *describe\\ frontend* ]]` });
    expect([whole.status, broken.status]).toEqual([0, 1]);
    for (const { asked } of [whole, broken]) {
      const updates = asked.filter((one) => one.includes("services update frontend"));
      expect(updates[0]).toMatch(/--tag pr-7 --update-env-vars API_URL=https:\/\/pr-7---x /);
      expect(updates.at(-1)).toMatch(/--no-traffic --update-env-vars API_URL=https:\/\/dev\.bytereview\.ai /);
    }
  });
});

describe("an image that is there", () => {
  const sha = "0123456789abcdef0123456789abcdef01234567";
  const env = { IMAGE: "registry/api", SHA: sha, ISSUER: "i", SIGNER: "s" };
  const label = (commit: string) => `{"config": {"Labels": {"org.opencontainers.image.revision": "${commit}"}}}`;
  const docker = (commit: string) => `case $* in *json*) echo '${label(commit)}' ;; *) echo sha256:1 ;; esac`;
  const looks = async (name: string, job = "images") =>
    (await workflow(name)).jobs[job]?.steps?.find((one) => one.name === "Look whether it is there")?.run ?? "";

  test("is neither built nor signed again", async () => {
    const steps = (await workflow("deploy-dev-and-staging")).jobs["images"]?.steps ?? [];
    for (const name of ["Build and push", "Sign"])
      expect(steps.find((one) => one.name === name)?.if).toBe("${{ steps.look-whether-it-is-there.outputs.found != 'true' }}");
    expect(steps.find((one) => one.name === "Build and push")?.with?.["labels"]).toMatch(
      /^org\.opencontainers\.image\.revision=\$\{\{ github\.sha \}\}$/,
    );
  });

  test.each([
    ["of this commit", "exit 0", docker(sha), { status: 0, given: "found=true\n" }],
    ["of another commit", "exit 0", docker("another"), { status: 1 }],
    ["that nobody signed", "exit 1", docker(sha), { status: 1 }],
  ])("is taken where it is this pipeline's and of this commit: one %s", async (_, cosign, known, expected) => {
    expect(ran(await looks("deploy-dev-and-staging"), env, { docker: known, cosign })).toMatchObject(expected);
  });

  test("that is not there is built", async () => {
    expect(ran(await looks("ci"), env, { docker: "exit 1" })).toMatchObject({ status: 0, given: "found=false\n" });
  });

  test("and was promoted already is not copied again; one of other bytes in its place is not passed over", async () => {
    const script = (await workflow("deploy-prod")).jobs["promote-prod"]?.steps?.find(
      (one) => one.name === "Promote by digest",
    )?.run;
    const places = { SOURCE: "source", TARGET: "target", PROJECT: "p", ATTESTOR: "a", ATTESTOR_KEY: "k", SEMVER: "v1.2.3" };
    const again = ran(script ?? "", { ...env, ...places }, { docker: "echo sha256:1", cosign: "exit 0", gcloud: "exit 0" });
    expect(again.status).toBe(0);
    expect(again.asked.join("\n")).not.toMatch(/imagetools create|cosign sign /);
    const other = "case $* in *create*) exit 1 ;; *target/*) echo sha256:2 ;; *) echo sha256:1 ;; esac";
    expect(ran(script ?? "", { ...env, ...places }, { docker: other, cosign: "exit 0", gcloud: "exit 0" }).status).toBe(1);
  });
});

describe("Cloud Build", () => {
  test("production asks for the build that the set-up's own trigger of dev has started, in dev's project and region", async () => {
    const { steps } = await build("-deploy-prod");
    const gate = steps.find(({ id }) => id === "version");
    const settings = setUpScripts(await subjectOf("codementor")).find(({ path: one }) => one.endsWith("project.env"))?.text ?? "";
    const of = (key: string) => new RegExp(`^(?:DEV__)?${key}=(.*)$`, "m").exec(settings)?.[1] ?? "";
    expect(gate?.env).toEqual(
      expect.arrayContaining([`TRIGGER=${of("PROJECT_NAME")}`, `BUILT_IN=${of("PROJECT_ID")}`, `BUILT_REGION=${of("REGION")}`]),
    );
    expect(gate?.script).toContain('gcloud builds list --project "$BUILT_IN" --region "$BUILT_REGION"');
    expect(gate?.script).toContain("substitutions.TRIGGER_NAME=$TRIGGER AND substitutions.COMMIT_SHA=$COMMIT");
  });

  test.each(["", "-deploy-prod", "-ci"])("cloudbuild%s.yaml: a build has time for all of its steps", async (name) => {
    const { timeout, steps } = await build(name);
    const all = steps.reduce((sum, one) => sum + Number.parseInt(one.timeout, 10), 0);
    expect(Number.parseInt(timeout, 10)).toBe(all);
  });
});
