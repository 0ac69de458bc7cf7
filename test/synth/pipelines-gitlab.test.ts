import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { File } from "../../src/synth/file.ts";
import { cases, onPath, pipelineFiles, shellcheck } from "../support/pipelines.ts";

const program = path.join(path.dirname(createRequire(import.meta.url).resolve("gitlab-ci-local/package.json")), "src/index.js");
type Listed = {
  readonly name: string;
  readonly when: string;
  readonly needs: readonly { readonly job: string; readonly optional?: boolean }[] | null;
};

/** What gitlab-ci-local makes of files: the jobs with what they come to, or why it refuses them. */
function read(files: readonly File[], variables: Readonly<Record<string, string>> = {}): readonly Listed[] | string {
  const folder = mkdtempSync(path.join(tmpdir(), "gitlab-"));
  try {
    for (const { path: name, text } of files) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const git = (...args: readonly string[]) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], { cwd: folder, stdio: "ignore" });
    git("init", "--initial-branch", "main");
    git("remote", "add", "origin", "git@gitlab.com:some/product.git");
    git("add", "--all");
    git("commit", "--message", "all");
    const given = Object.entries(variables).flatMap(([key, value]) => ["--variable", `${key}=${value}`]);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, "--list-json", "--home", path.join(folder, ".home"), ...given],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    if (status !== 0) return `${stdout}${stderr}`;
    return JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as readonly Listed[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The reasons for which a pipeline starts. */
const starts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a merge request": { CI_PIPELINE_SOURCE: "merge_request_event" },
  "a merge request with the label preview": {
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_MERGE_REQUEST_LABELS: "preview",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1",
    CI_PROJECT_ID: "1",
  },
  "a push to main": { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" },
  "a tag": { CI_PIPELINE_SOURCE: "push", CI_COMMIT_TAG: "v1.2.3" },
  "a person, for production": { CI_PIPELINE_SOURCE: "web", RUN: "deploy-production" },
};

describe.each(cases)("$name, on GitLab CI", (given) => {
  test("gitlab-ci-local reads it, and no job needs one that does not run with it", async () => {
    const files = await pipelineFiles("gitlab ci", given);
    // Without Gantry only the steps of a release differ.
    for (const [start, variables] of Object.entries(starts).filter(([one]) => !given.plain || one === "a push to main")) {
      const jobs = read(files, variables);
      if (typeof jobs === "string") throw new Error(`${start}: ${jobs}`);
      const running = new Set(
        jobs.filter(({ when }) => when !== "never").map(({ name }) => name.replace(/ - \[.*\]$|: \[.*\]$/, "")),
      );
      for (const { name, when, needs } of jobs)
        if (when !== "never")
          for (const need of needs ?? []) expect([...running], `${start}: ${name} needs ${need.job}`).toContain(need.job);
    }
  });

  test("every job has a timeout, and what changes an environment is alone in it", async () => {
    for (const [name, job] of jobsOf(await pipelineFiles("gitlab ci", given))) {
      expect(job["timeout"], name).toMatch(/^\d+ minutes$/);
      if (/:(release|apply)-/.test(name)) {
        expect(job["resource_group"], name).toBeTypeOf("string");
        expect(job["interruptible"], name).toBe(false);
        expect(job["environment"], name).toBeDefined();
      }
    }
  });

  test.skipIf(!onPath("shellcheck"))("shellcheck has nothing to say of any script", async () => {
    for (const [name, job] of jobsOf(await pipelineFiles("gitlab ci", given))) {
      const script = [...listOf(job["before_script"]), ...listOf(job["script"])].join("\n");
      // Terraform's image has no bash; what stands in its jobs is for any shell.
      const shell = JSON.stringify(job["image"]).includes("hashicorp/terraform") ? "sh" : "bash";
      expect(shellcheck(`set -e\n${script}\n`, shell), `${name}\n${script}`).toBe("");
      const after = listOf(job["after_script"]).join("\n");
      if (after !== "") expect(shellcheck(after), `${name}\n${after}`).toBe("");
    }
  });
});

type Job = Readonly<Record<string, unknown>>;

function jobsOf(files: readonly File[]): readonly (readonly [string, Job])[] {
  return files
    .filter(({ path: name }) => name.startsWith(".gitlab/ci/") && name.endsWith(".yml"))
    .flatMap(({ text }) => parseAllDocuments(text).flatMap((one) => Object.entries(one.toJS() as Readonly<Record<string, Job>>)));
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

describe("what gitlab-ci-local refuses", () => {
  const one = (text: string): readonly File[] => [{ path: ".gitlab-ci.yml", text }];
  test("the good one is not", () => expect(read(one("stages: [a]\nx:\n  stage: a\n  script: [echo]\n"))).toHaveLength(1));
  test.each([
    ["a job without a script", "x:\n  stage: test\n"],
    ["a need that is no job", "x:\n  script: [echo]\n  needs: [y]\n"],
    ["a stage that is none", "stages: [a]\nx:\n  stage: b\n  script: [echo]\n"],
    ["a key that GitLab does not know", "x:\n  script: [echo]\n  timeoutt: 3 minutes\n"],
  ])("%s", (_, text) => expect(read(one(text))).toBeTypeOf("string"));
});
