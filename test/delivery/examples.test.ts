import { describe, expect, test } from "vitest";
import { compilePlan } from "../../src/delivery/compile/compile-plan.ts";
import { describePlan } from "../../src/delivery/words/describe-plan.ts";
import type { Change } from "../../src/delivery/release.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { resolve } from "../../src/spec/resolve.ts";
import { loadExample } from "../support/spec.ts";

// The plans of the five documents, as sentences. Each file is to be read beside the row of the document that it is about.

const environments = [
  ["bytereview", "dev"],
  ["bytereview", "staging"],
  ["bytereview", "prod"],
  ["cpa-platform", "staging"],
  ["cpa-platform", "production"],
  ["cpa-platform", "demo"],
  ["ai-governance", "staging"],
  ["ai-governance", "production"],
  ["proveniq-ledger", "sandbox"],
  ["codementor", "dev"],
  ["codementor", "prod"],
] as const;

function changesOf({ services }: Environment): readonly Change[] {
  return Object.entries(services).map(([service, { kind, scale }]) => ({
    service,
    from: `${service}-1`,
    to: `${service}-2`,
    version: "v2",
    artifact: "sha256:2",
    after: [],
    serves: ["service", "frontend", "proxy"].includes(kind),
    replicas: Math.max(1, scale?.min ?? 1),
  }));
}

describe.each(environments)("%s, %s", (product, name) => {
  test("its plan reads like its document", async () => {
    const { data } = await loadExample(product);
    const switches = product === "ai-governance" ? { cloud: "aws" } : {};
    const environment = resolve(data, name, switches);
    const plan = compilePlan(environment, changesOf(environment), { speed: 1 });
    await expect(describePlan(plan)).toMatchFileSnapshot(`../golden/delivery/plans/${product}-${name}.txt`);
    const steps = plan.steps.map(
      ({ name: step, weightPercent, gates }) => `${step} (${weightPercent}%): ${gates.map(({ id }) => id).join("; ") || "-"}`,
    );
    await expect(`${steps.join("\n")}\n`).toMatchFileSnapshot(`../golden/delivery/steps/${product}-${name}.txt`);
  });
});
