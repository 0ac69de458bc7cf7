import { describe, expect, test } from "vitest";
import { filesOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";

async function terraformFiles(): Promise<ReadonlyMap<string, string>> {
  const files = await filesOf("ai-governance", { switches: { cloud: "azure" } });
  return new Map([...files].filter(([path]) => path.startsWith("infra/terraform/")).map(([path, { text }]) => [path, text]));
}

describe("ai-governance on Azure", () => {
  test("has roots and modules that are right by their providers' schemas, formatted, and use everything they declare", async () => {
    expect(await terraformProblems(await terraformFiles())).toEqual([]);
  });
});
