import { describe, expect, test } from "vitest";
import { begun, canary, changeOf, healthOf, migrate, migrated, planOf, smoke } from "../support/delivery/plans.ts";
import { drive } from "../support/delivery/drive.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

const prepared = { before: [migrate], requires: [migrated], after: [healthOf("api"), smoke] };
const strategies = {
  canary: { ...canary, ...prepared },
  "blue-green": { strategy: "blue-green", retireAfter: "1h", ...prepared },
  rolling: { strategy: "rolling", ...prepared },
  recreate: { strategy: "recreate", ...prepared },
};
const changes = [changeOf("api"), changeOf("web"), changeOf("jobs")];
const serving = {
  api: { revision: "api-1", replicas: 2 },
  web: { revision: "web-1", replicas: 2 },
  jobs: { revision: "jobs-1", replicas: 1 },
};

describe.each(Object.entries(strategies))("%s", (_name, strategy) => {
  test("a good release ends healthy, with all traffic on the new revisions and the old ones at rest", () => {
    const target = createSimulatedTarget({ serving });
    const { run } = drive(begun(planOf(strategy, changes), changes), { target });
    expect([run.phase, run.because]).toEqual(["healthy", undefined]);
    for (const service of ["api", "web", "jobs"]) {
      const seen = target.services()[service];
      if (service !== "jobs") expect(seen?.shares).toEqual([{ revision: `${service}-2`, weightPercent: 100 }]);
      expect(seen?.revisions[`${service}-1`]?.state).toBe("idle");
      expect(seen?.revisions[`${service}-2`]?.state).toBe("ready");
    }
  });
});
