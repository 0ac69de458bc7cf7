import { describe, expect, test } from "vitest";
import { begun, canary, changeOf, healthOf, migrate, migrated, planOf, smoke } from "../support/delivery/plans.ts";
import { drive } from "../support/delivery/drive.ts";
import { createLaws, endsWell } from "../support/delivery/laws.ts";
import { withMissed } from "../../src/delivery/advance/missed.ts";
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

test.each([["done", "lost"] as const, ["lost", "done"] as const])(
  "where nobody comes for hours between the switch and the end, and then a look is lost (%s, %s), what is old is put to rest all the same",
  (...fates) => {
    const hoursMs = 10 * 3_600_000;
    const target = createSimulatedTarget({ serving: { api: { revision: "api-1", replicas: 2 } } });
    const asked = begun(planOf({ strategy: "blue-green", retireAfter: "2m", after: [healthOf("api")] }));
    const before = drive(asked, { target, until: ({ at, plan }) => plan.steps[at]?.name === "verify" });
    expect(before.run.switchedAtMs).toBeDefined();
    const found = { ...withMissed(before.run, hoursMs), startedAtMs: before.nowMs + hoursMs };
    const { run } = drive(found, { target, fates, check: createLaws() });
    expect(run.phase).toBe("healthy");
    expect(run.record.at(-1)).toMatchObject({ what: "ended healthy" });
    expect(run.record.at(-1)?.because).toBeUndefined();
    endsWell(run, target.services());
    expect(target.services()["api"]?.revisions["api-1"]?.state).toBe("idle");
  },
);
