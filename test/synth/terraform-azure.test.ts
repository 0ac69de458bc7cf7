import { beforeAll, describe, expect, test } from "vitest";
import { filesOf } from "../support/synth.ts";
import { terraformProblems } from "../support/terraform-schema.ts";
import { type Planned, hasTerraform, planned } from "../support/terraform/planned.ts";

async function terraformFiles(): Promise<ReadonlyMap<string, string>> {
  const files = await filesOf("ai-governance", { switches: { cloud: "azure" } });
  return new Map([...files].filter(([path]) => path.startsWith("infra/terraform/")).map(([path, { text }]) => [path, text]));
}

// What only the account knows, and the values of an environment leave out.
const groups = { admin_groups: ["7b6b6b6b-1111-4222-8333-123456789abc"] };
const registry = {
  registry_id: "/subscriptions/1/resourceGroups/staging/providers/Microsoft.ContainerRegistry/registries/governance",
};

describe("ai-governance on Azure", () => {
  test("has roots and modules that are right by their providers' schemas, formatted, and use everything they declare", async () => {
    expect(await terraformProblems(await terraformFiles())).toEqual([]);
  });

  describe.skipIf(!hasTerraform())("as Terraform plans it, with stand-ins for what Azure makes", () => {
    let production: Planned;
    let staging: Planned;
    beforeAll(async () => {
      const files = await terraformFiles();
      production = await planned(files, "infra/terraform/production", { ...groups, ...registry });
      staging = await planned(files, "infra/terraform/staging", groups);
    }, 60_000);

    test("plans without a problem", () => {
      expect(production.problems).toBe("");
      expect(staging.problems).toBe("");
    });
  });
});
