import { expect, test } from "vitest";
import { type Advice, advise } from "../../src/rehearse/campaign/advice.ts";
import { rehearseMany } from "../../src/rehearse/campaign/rehearse-many.ts";
import { type StageOptions, stageOf } from "../../src/rehearse/campaign/stage-of.ts";
import { parseFault } from "../../src/rehearse/faults/parse-fault.ts";
import { parseTraffic } from "../../src/rehearse/traffic/parse-traffic.ts";
import type { Stage } from "../../src/rehearse/run/stage.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { stageFor } from "../support/rehearse-stage.ts";

// Advice is what was rehearsed. Where it is given it is held against another seed; where nothing better was found, there is none.

const runs = 150;

function baking(environment: Environment, bake: string): Environment {
  return { ...environment, alerts: {}, release: { strategy: "canary", steps: [{ to: "10%", bake }], rollbackWindow: "1m" } };
}

function advised(environment: Environment, fault: string, perSecond: string, many = runs): readonly Advice[] {
  const [parsed, traffic] = [parseFault(fault), parseTraffic(perSecond)];
  if (parsed === undefined || traffic === undefined) throw new Error("in a test");
  const options: StageOptions = { environment, services: ["api"], latencyBoundsMs: [], traffic, setting: { faults: [parsed] } };
  const going = advise(options, { runs: many });
  let next = going.next();
  while (next.done !== true) next = going.next(timesTakenBack(stageOf(next.value), 21, many));
  return next.value;
}

function takenBack(environment: Environment, fault: string, traffic: string): number {
  const stage = stageFor(environment, { services: ["api"], faults: [fault], traffic, latencyBoundsMs: [] });
  return timesTakenBack(stage, 99, runs) / runs;
}

function timesTakenBack(stage: Stage, seed: number, many: number): number {
  let times = 0;
  for (const tally of rehearseMany(stage, { seed, runs: many })) times = tally.takenBack();
  return times;
}

test("an hour of baking where a quarter of it finds the same: so it is said, and so it is with another seed", async () => {
  const environment = baking(await exampleEnvironment("bytereview", "prod"), "60m");
  const advice = advised(environment, "errors=5%", "50rps");
  expect(advice.map(({ kind, says }) => [kind, says])).toEqual([
    ["shorter bake", "bake 15m instead of 60m at 10% finds the same"],
  ]);
  expect(advice[0]?.found.after.value).toBeGreaterThan(0.97);
  expect(takenBack(baking(environment, "15m"), "errors=5%", "50rps")).toBeGreaterThan(0.97);
});

test("where a shorter bake would miss some, nobody is told to bake shorter", async () => {
  const environment = baking(await exampleEnvironment("bytereview", "prod"), "8m");
  expect(advised(environment, "errors=5%", "50rps")).toEqual([]);
  // And it would: a quarter of it finds next to nothing.
  expect(takenBack(baking(environment, "2m"), "errors=5%", "50rps")).toBeLessThan(0.5);
});

test("too little traffic to tell by: how much it would take is said, and with that it tells", async () => {
  const environment = baking(await exampleEnvironment("bytereview", "prod"), "20m");
  const [one, ...others] = advised(environment, "errors=5%", "0.5rps", 60);
  expect(others).toEqual([]);
  expect([one?.kind, one?.says]).toEqual([
    "cannot tell",
    expect.stringMatching(/^at 0\.5rps this policy cannot tell; at \d+rps it can$/),
  ]);
  const needed = /at (\d+rps) it can$/.exec(one?.says ?? "")?.[1] ?? "";
  expect(takenBack(environment, "errors=5%", "0.5rps")).toBeLessThan(0.5);
  expect(takenBack(environment, "errors=5%", needed)).toBeGreaterThan(0.9);
});
