import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { canonical } from "../../src/spec/merge.ts";
import { upcastRelease } from "../../src/delivery/upcast-release.ts";
import { command, drive } from "../support/delivery/drive.ts";
import { begun, canary, changeOf, healthOf, migrate, planOf, smoke } from "../support/delivery/plans.ts";
import { createSimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

// What lies in databases, and may lie there for weeks. When the form changes, `release-v1.json` stays as it is and an upcast reads it; the
// first test then gets a file of the new version.

const stored = new URL("../golden/delivery/stored/release-v1.json", import.meta.url);
const changes = [changeOf("api"), changeOf("jobs")];
const approval = { gate: "approval", role: { ref: "roles.ops" } };

function world() {
  return createSimulatedTarget({
    serving: { api: { revision: "api-1", replicas: 2 }, jobs: { revision: "jobs-1", replicas: 1 } },
  });
}

function midway() {
  const target = world();
  const strategy = { ...canary, before: [migrate], after: [healthOf("api"), smoke, approval], compare: {} };
  const approved = command("approve", 40 * 60_000, { step: 2, roles: ["ops"], id: "click" });
  const { run, nowMs } = drive(begun(planOf(strategy, changes), changes), {
    target,
    commands: [command("pause", 60_000, { id: "p" }), command("resume", 120_000, { id: "r" }), approved],
    until: ({ at, answers }) => at === 3 && Object.values(answers).length > 2,
    untilMs: 60 * 60_000,
  });
  return { run, nowMs, target };
}

describe("what is stored of a release", () => {
  test("is of the form that the golden file has", async () => {
    await expect(`${JSON.stringify(canonical(midway().run), null, 2)}\n`).toMatchFileSnapshot(stored.pathname);
  });

  test("is read again, and goes on where it was", () => {
    const { target, nowMs } = midway();
    const read = upcastRelease(JSON.parse(readFileSync(stored, "utf8")));
    const { run } = drive(
      { ...read, startedAtMs: nowMs },
      { target, commands: [command("promote-full", nowMs, { reason: "test" })] },
    );
    expect(run.because).toBeUndefined();
    expect([run.phase, target.services()["api"]?.shares]).toEqual(["healthy", [{ revision: "api-2", weightPercent: 100 }]]);
  });

  test.each([
    ["a newer Gantry's", { kind: "release", id: "rel-9", schemaVersion: 2 }, /begun by a newer Gantry/],
    ["another kind's", { kind: "drill", schemaVersion: 1 }, /no release/],
    ["nothing", null, /no release/],
  ])("%s is refused", (_, given, message) => {
    expect(() => upcastRelease(given)).toThrow(message);
  });
});
