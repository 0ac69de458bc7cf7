import { expect, test } from "vitest";
import { terraformOf } from "../../src/synth/pipelines/tools.ts";
import { inCloud } from "../../src/synth/subject.ts";
import { terraform } from "../../src/synth/terraform/index.ts";
import { exampleNames, subjectOf } from "../support/synth.ts";
import { parsedTree } from "../support/terraform/parsed.ts";

// The Terraform that a pipeline installs is one that every root and module takes.

const parts = (version: string) => version.split(".").map(Number);

/** Whether a version is one of `>= 1.9, < 2.0` or `~> 1.9`. */
function admits(constraint: string, version: string): boolean {
  return constraint.split(",").every((one) => {
    const [, sign, bound = ""] = /^\s*(>=|<|~>)\s*([\d.]+)\s*$/.exec(one) ?? [];
    const [major = 0, minor = 0] = parts(version);
    const [boundMajor = 0, boundMinor = 0] = parts(bound);
    const atLeast = major > boundMajor || (major === boundMajor && minor >= boundMinor);
    if (sign === "<") return !atLeast;
    return sign === "~>" ? atLeast && major === boundMajor : sign === ">=" && atLeast;
  });
}

test("a constraint admits what it says", () => {
  expect([admits(">= 1.11, < 2.0", "1.11.4"), admits("~> 1.9", "1.11.4")]).toEqual([true, true]);
  expect([
    admits(">= 1.11, < 2.0", "1.8.5"),
    admits(">= 1.9, < 2.0", "2.0.0"),
    admits("~> 1.9", "1.8.5"),
    admits("1.9", "1.9.0"),
  ]).toEqual([false, false, false, false]);
});

test.each(exampleNames)("%s", async (name) => {
  const subject = await subjectOf(name);
  const { folders } = await parsedTree(new Map(terraform(subject).map(({ path, text }) => [path, text])));
  const constraints = [...folders.values()].flatMap(({ blocks }) =>
    blocks.flatMap(({ type, body }) =>
      type === "terraform" && typeof body["required_version"] === "string" ? [body["required_version"]] : [],
    ),
  );
  for (const environment of inCloud(subject))
    for (const constraint of new Set(constraints)) expect(admits(constraint, terraformOf(environment)), constraint).toBe(true);
});
