import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Subject } from "../../src/synth/subject.ts";
import { pipelines } from "../../src/synth/pipelines/index.ts";
import { cases, on, pipelineFiles } from "../support/pipelines.ts";
import { subjectOf } from "../support/synth.ts";

// What is done to several environments alike is said once on GitHub: a workflow that the others call, and give what differs.

type Job = {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string };
};
type Workflow = {
  readonly on: { readonly workflow_call?: { readonly inputs?: Readonly<Record<string, unknown>> } | null };
  readonly jobs: Readonly<Record<string, Job>>;
};

const folder = ".github/workflows/";

function workflowsOf(files: readonly { readonly path: string; readonly text: string }[]) {
  const texts = new Map(
    files.flatMap(({ path, text }) => (path.startsWith(folder) ? [[`./${path}`, text] as [string, string]] : [])),
  );
  const parsed = new Map([...texts].map(([path, text]) => [path, parse(text) as Workflow]));
  const calls = [...parsed.values()].flatMap(({ jobs }) => Object.values(jobs).filter(({ uses }) => uses !== undefined));
  return { texts, parsed, calls };
}

describe.each(cases)("$name", (given) => {
  test("each call gives what is asked for, no more rights than are needed, and secrets only where they are read", async () => {
    const { texts, parsed, calls } = workflowsOf(await pipelineFiles("github actions", given));
    for (const call of calls) {
      const called = parsed.get(call.uses ?? "");
      expect(called, call.uses).toBeDefined();
      const asked = Object.keys(called?.on.workflow_call?.inputs ?? {});
      expect(Object.keys(call.with ?? {})).toEqual(asked);
      const text = texts.get(call.uses ?? "") ?? "";
      for (const name of asked) expect(text).toContain(`\${{ inputs.${name} }}`);
      if (!call.uses?.includes("/_")) continue;
      expect(call.secrets).toBe(text.includes("secrets.") ? "inherit" : undefined);
      const [job] = Object.values(called?.jobs ?? {});
      expect(call.permissions).toEqual(job?.permissions);
      // An environment's protection, and the queue of its deployments, are the called job's: in two places they would wait for each other.
      expect(job?.environment).toContain("${{ inputs.environment }}");
      expect([call.environment, call.concurrency]).toEqual([undefined, undefined]);
    }
  });

  test("whoever calls asks for no variable of an environment, and nobody who is called for what only callers know", async () => {
    const { texts, calls } = workflowsOf(await pipelineFiles("github actions", given));
    for (const call of calls)
      for (const value of Object.values(call.with ?? {}))
        for (const [, name] of String(value).matchAll(/\$\{\{ (?:vars|secrets)\.(\w+)/g))
          expect(name).toMatch(/_(GCP_PROJECT|AWS_ACCOUNT_ID|AZURE_SUBSCRIPTION_ID)$/);
    for (const [path, text] of texts) if (path.includes("/_")) expect(text).not.toMatch(/needs\./);
  });
});

test("the same steps for one more environment are a few lines more, not the steps again", async () => {
  const subject = await subjectOf("cpa-platform");
  const { texts, calls } = workflowsOf(pipelines(on("github actions", subject)));
  expect(calls.map(({ uses }) => uses).filter((uses) => uses?.endsWith("/_apply.yml"))).toHaveLength(3);
  const applies = [...texts.values()].filter((text) => text.includes("terraform apply"));
  expect(applies).toHaveLength(1);
});

test("where there is but one environment, its jobs stand where they run", async () => {
  const { calls } = workflowsOf(
    await pipelineFiles("github actions", { example: "proveniq-ledger", plain: false, switches: {} }),
  );
  expect(calls.map(({ uses }) => uses)).toEqual(["./.github/workflows/ci.yml"]);
});

test("jobs that differ in more than they can be given are not mixed up: each cloud has its own", async () => {
  const aws = await subjectOf("ai-governance", { switches: { cloud: "aws" } });
  const azure = await subjectOf("ai-governance", { switches: { cloud: "azure" } });
  const renamed = azure.environments
    .filter(({ cloud }) => cloud === "azure")
    .flatMap((one) => ["east", "west"].map((place) => ({ ...one, environment: `${one.environment}-${place}` })));
  const both: Subject = { ...aws, environments: [...aws.environments, ...renamed] };
  const { texts } = workflowsOf(pipelines(on("github actions", both)));
  const applies = [...texts.keys()].filter((path) => path.includes("/_apply"));
  expect(applies.toSorted()).toEqual(["./.github/workflows/_apply-aws.yml", "./.github/workflows/_apply-azure.yml"]);
  expect(texts.get("./.github/workflows/_apply-aws.yml")).toContain("configure-aws-credentials");
  expect(texts.get("./.github/workflows/_apply-azure.yml")).toContain("azure/login");
});
