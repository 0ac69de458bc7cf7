import { describe, expect, test } from "vitest";
import { library } from "../support/synth.ts";
import { moduleProblems, terraformProblems } from "../support/terraform-schema.ts";

const files = new Map([...library()].filter(([path]) => /^(azure|kubernetes)\//.test(path)));

describe("the modules for Azure and for Kubernetes", () => {
  test("are right by their providers' schemas, formatted, and have nothing that is not used", async () => {
    expect(await terraformProblems(files)).toEqual([]);
  });

  test("describe what they take and give, and configure no provider", async () => {
    expect(await moduleProblems(files)).toEqual([]);
  });
});
