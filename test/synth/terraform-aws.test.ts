import { expect, test } from "vitest";
import { filesOf } from "../support/synth.ts";
import { moduleProblems, terraformProblems } from "../support/terraform-schema.ts";

const files = await filesOf("cpa-platform");
const governance = await filesOf("ai-governance", { switches: { cloud: "aws" } });
const texts = (all: typeof files, only: RegExp) => new Map([...all].flatMap(([path, { text }]) => (only.test(path) ? [[path, text] as const] : [])));

test("roots", async () => {
  expect(await terraformProblems(texts(files, /\.(tf|tfvars)$/))).toEqual([]);
  expect(await terraformProblems(texts(governance, /\.(tf|tfvars)$/))).toEqual([]);
  expect(await moduleProblems(texts(files, /\/modules\//))).toEqual([]);
});
