import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { main, root, temporaryFolder } from "../support/gantry.ts";

type Workflow = {
  readonly jobs: Readonly<Record<string, { readonly needs?: string | string[]; readonly steps: { readonly run?: string }[] }>>;
};

const workflow = (name: string): Workflow =>
  parse(readFileSync(path.join(root, "examples/proveniq-ledger/.github/workflows", name), "utf8")) as Workflow;

test("the migrations of a change are linted, with annotations, before anything of it is built or released; what is shipped is not judged", () => {
  const script = workflow("ci.yml").jobs["lint-of-migrations"]?.steps.at(-1)?.run;
  if (script === undefined) throw new Error("the pipeline lints nothing");
  const { jobs } = workflow("deploy-to-sandbox.yml");
  expect([jobs["images"]?.needs].flat()).toContain("checks");
  expect([jobs["release-sandbox"]?.needs].flat()).toContain("checks");

  const folder = temporaryFolder();
  const [origin, cwd, bin] = ["origin.git", "work", "bin"].map((name) => path.join(folder, name));
  if (origin === undefined || cwd === undefined || bin === undefined) throw new Error("no folders");
  for (const one of [cwd, bin]) mkdirSync(one);
  // As npx finds it in a project that has it.
  writeFileSync(path.join(bin, "npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(path.join(bin, "npx"), 0o755);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd, encoding: "utf8" });
  const commit = (name: string, sql: string) => {
    mkdirSync(path.join(cwd, "migrations"), { recursive: true });
    writeFileSync(path.join(cwd, "migrations", name), sql);
    git("add", ".");
    git("commit", "--quiet", "-m", name);
  };
  const lint = () => {
    const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, BRANCH: "main", GITHUB_ACTIONS: "true" };
    const { status, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", script], { cwd, env, encoding: "utf8" });
    return [
      status,
      stdout
        .split("\n")
        .filter((line) => line.startsWith("::error"))
        .map((line) => /file=([^,]*)/.exec(line)?.[1]),
    ];
  };
  execFileSync("git", ["init", "--quiet", "--bare", origin]);
  git("init", "--quiet", "--initial-branch=main");
  git("remote", "add", "origin", origin);
  commit("0001_a.sql", "CREATE TABLE a (b bigint);");
  git("push", "--quiet", "origin", "main");
  // The very first commit: there is nothing before it.
  expect(lint()).toEqual([0, []]);
  commit("0002_b.sql", "DROP TABLE gone;");
  git("push", "--quiet", "origin", "main");
  expect(lint()).toEqual([1, ["migrations/0002_b.sql"]]);
  git("checkout", "--quiet", "-b", "change");
  commit("0003_c.sql", "ALTER TABLE a ADD COLUMN c text;");
  expect(lint()).toEqual([0, []]);
  commit("0004_d.sql", "CREATE INDEX a_c ON a (c);");
  git("update-ref", "-d", "refs/remotes/origin/main");
  expect(lint()).toEqual([1, ["migrations/0004_d.sql"]]);
});
