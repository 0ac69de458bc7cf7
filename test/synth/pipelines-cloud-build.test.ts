import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { buildProblems, gcloudFolder, gcloudProblems } from "../support/cloud-build.ts";
import { cases, onPath, pipelineFiles, shellcheck } from "../support/pipelines.ts";

type Step = {
  readonly id: string;
  readonly script?: string;
  readonly env?: readonly string[];
  readonly waitFor?: readonly string[];
  readonly timeout?: string;
};
type Build = {
  readonly steps: readonly Step[];
  readonly timeout: string;
  readonly substitutions?: Readonly<Record<string, string>>;
};

const gcloud = gcloudFolder();

function problemsOfGcloud(texts: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), "cloud-build-"));
  try {
    const files = texts.map((text, index) => {
      const file = path.join(folder, `${index}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    return gcloudProblems(gcloud ?? "", files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.each(cases)("$name, on Cloud Build", (given) => {
  test("it is a build by Google's own definition", async () => {
    for (const { path: name, text } of await pipelineFiles("cloud build", given)) expect(buildProblems(text), name).toEqual([]);
  });

  test.skipIf(gcloud === undefined)("gcloud reads it", async () => {
    expect(problemsOfGcloud((await pipelineFiles("cloud build", given)).map(({ text }) => text))).toBe("");
  });

  test("steps have names of their own, wait for steps before them, and no longer than the build", async () => {
    for (const { path: name, text } of await pipelineFiles("cloud build", given)) {
      const build = parse(text) as Build;
      const seen = new Set<string>();
      for (const { id, waitFor = [], timeout } of build.steps) {
        expect(seen.has(id), `${name}: ${id}`).toBe(false);
        for (const one of waitFor) if (one !== "-") expect([...seen], `${name}: ${id}`).toContain(one);
        if (timeout !== undefined)
          expect(Number.parseInt(timeout, 10), `${name}: ${id}`).toBeLessThanOrEqual(Number.parseInt(build.timeout, 10));
        seen.add(id);
      }
    }
  });

  test("what is substituted is known, and stands in the environment only", async () => {
    for (const { path: name, text } of await pipelineFiles("cloud build", given)) {
      const { steps, substitutions = {} } = parse(text) as Build;
      for (const { env = [] } of steps)
        for (const one of env)
          for (const [, found = ""] of one.replaceAll("$$", "").matchAll(/\$\{?(_[A-Z0-9_]+)/g))
            expect(Object.keys(substitutions), name).toContain(found);
    }
  });

  test.skipIf(!onPath("shellcheck"))("shellcheck has nothing to say of any script", async () => {
    for (const { path: name, text } of await pipelineFiles("cloud build", given))
      for (const { id, script } of (parse(text) as Build).steps)
        if (script !== undefined) expect(shellcheck(script), `${name}: ${id}\n${script}`).toBe("");
  });
});

const good = "steps:\n  - name: ubuntu\n    script: echo\ntimeout: 60s\n";

describe("what is refused", () => {
  test("the good one is not", () => expect(buildProblems(good)).toEqual([]));

  const bad: [string, [string, string]][] = [
    ["a field that there is not", ["timeout:", "timeouts:"]],
    ["a list that is none", ["steps:\n  - name: ubuntu\n    script: echo", "steps:\n  name: ubuntu"]],
    ["a machine that there is not", ["timeout: 60s", "options:\n  machineType: HUGE"]],
    ["a number for a text", ["script: echo", "script: 3"]],
  ];
  test.each(bad)("%s", (_, [from, to]) => expect(buildProblems(good.replace(from, to))).not.toEqual([]));
  test("a time without its unit", () => expect(buildProblems(good.replace("60s", "60m"))).not.toEqual([]));
  test.skipIf(gcloud === undefined).each(bad.filter(([name]) => /^a (field|machine)/.test(name)))("gcloud: %s", (_, [from, to]) =>
    expect(problemsOfGcloud([good.replace(from, to)])).not.toBe(""),
  );
});
