import { describe, expect, test } from "vitest";
import type { Moment } from "../../src/rehearse/run/outcome.ts";
import { rehearseOnce } from "../../src/rehearse/run/rehearse-once.ts";
import type { Stage } from "../../src/rehearse/run/stage.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { hourAt, stageFor } from "../support/rehearse-stage.ts";

function played(stage: Stage, run: number, everyLook: boolean): string {
  const moments: Moment[] = [];
  const outcome = rehearseOnce(stage, { seed: 5, run, everyLook, onMoment: (moment) => moments.push(moment) });
  return JSON.stringify([outcome, moments]);
}

describe("what is left out decides nothing: every look taken gives the same bytes", () => {
  test.each([
    ["bytereview", "prod", "none", "5rps"],
    ["bytereview", "prod", "errors=3%@10m", "50rps"],
    ["bytereview", "staging", "latency=x2", "20rps"],
    ["bytereview", "prod", "crash@12m", "diurnal:1..90rps"],
    ["bytereview", "dev", "errors=1%", "3rps"],
    ["cpa-platform", "production", "errors=2%", "spikes:20rps,x6,every=10m,for=1m"],
    ["ai-governance", "production", "dependency=20%@8m+4m", "10rps"],
    ["codementor", "prod", "leak=25m", "8rps"],
    ["proveniq-ledger", "sandbox", "crash-at-start", "2rps"],
  ])("%s %s, %s at %s", async (product, name, fault, traffic) => {
    const stage = stageFor(await exampleEnvironment(product, name), { faults: [fault], traffic, life: { bursts: 0.4 } });
    expect(played(stage, 0, false)).toBe(played(stage, 0, true));
  });
});

describe("where only the comparison reads what is counted, it is drawn when that reads: every look taken gives the same bytes as well", () => {
  test.each(["none", "errors=2%@10m", "latency=x1.5@7m+20m", "crash@12m", "dependency=10%@8m+4m", "leak=25m"])(
    "%s",
    async (fault) => {
      const environment = hourAt(await exampleEnvironment("bytereview", "prod"), "10%");
      const stage = stageFor(environment, { services: ["api"], faults: [fault], traffic: "50rps" });
      for (const run of [0, 1, 2]) expect(played(stage, run, false)).toBe(played(stage, run, true));
    },
  );
});

test("the same seed gives the same, whatever was rehearsed before; another gives another", async () => {
  const environment = await exampleEnvironment("bytereview", "prod");
  const one = stageFor(environment, { faults: ["errors=1%"], traffic: "5rps" });
  const first = played(one, 3, false);
  played(one, 4, false);
  expect(played(one, 3, false)).toBe(first);
  expect(played(stageFor(environment, { faults: ["errors=1%"], traffic: "5rps" }), 3, false)).toBe(first);
  expect(played(one, 5, false)).not.toBe(first);
});
