import { describe, expect, test } from "vitest";
import { occurrences, scheduledBetween } from "../../src/rehearse/run/calendar.ts";
import type { Moment } from "../../src/rehearse/run/outcome.ts";
import { rehearseOnce } from "../../src/rehearse/run/rehearse-once.ts";
import type { Stage } from "../../src/rehearse/run/stage.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { stageFor } from "../support/rehearse-stage.ts";

function played(stage: Stage) {
  const moments: Moment[] = [];
  const outcome = rehearseOnce(stage, { seed: 1, run: 0, onMoment: (moment) => moments.push(moment) });
  return { outcome, moments };
}

const hourMs = 3_600_000;

describe("schedules on the virtual clock", () => {
  const texts = (schedule: string, from: string, until: string) =>
    occurrences(schedule, Date.parse(from), Date.parse(until)).map((ms) => new Date(ms).toISOString().slice(0, 16));

  test("every Sunday at 03:00 UTC, through a leap day and through the clocks of others being changed", () => {
    expect(texts("0 3 * * 0", "2028-02-20T00:00Z", "2028-04-03T00:00Z")).toEqual([
      "2028-02-20T03:00",
      "2028-02-27T03:00",
      "2028-03-05T03:00",
      "2028-03-12T03:00",
      "2028-03-19T03:00",
      "2028-03-26T03:00",
      "2028-04-02T03:00",
    ]);
  });

  test("the 29th of February comes every four years", () => {
    expect(texts("0 0 29 2 *", "2026-01-01T00:00Z", "2033-01-01T00:00Z")).toEqual(["2028-02-29T00:00", "2032-02-29T00:00"]);
  });

  test("a cron of the environment runs while a release is on its way", async () => {
    const environment = await exampleEnvironment("bytereview", "prod");
    const from = Date.parse("2028-02-29T03:00Z");
    expect(scheduledBetween(environment, from, from + 2 * hourMs)).toEqual([
      { atMs: from + hourMs / 2, what: "worker-sweep runs, as its schedule says" },
    ]);
  });
});

describe("people", () => {
  const approvals = async (setting: Parameters<typeof stageFor>[1]["setting"]) => {
    const environment = await exampleEnvironment("bytereview", "prod");
    const approval = { gate: "approval", role: { ref: "roles.ops" }, people: 2, expires: "2h" } as const;
    const release = { ...environment.release, requires: [approval] } as NonNullable<Environment["release"]>;
    return played(
      stageFor({ ...environment, release }, { traffic: "50rps", life: { errorRate: 0 }, ...(setting && { setting }) }),
    );
  };

  test("who approve late are waited for", async () => {
    const { outcome, moments } = await approvals({ approvedAfterMs: hourMs });
    expect(outcome.ended).toBe("healthy");
    expect(moments.filter(({ what }) => what.startsWith("approved for ops")).map(({ what }) => what)).toEqual([
      "approved for ops, 1 of 2",
      "approved for ops, 2 of 2",
    ]);
    expect(outcome.fullAfterMs).toBeGreaterThan(hourMs + 30 * 60_000);
  });

  test("who never do let it expire, and nobody is sent to the new revision", async () => {
    const { outcome } = await approvals({ approvedAfterMs: Infinity });
    expect(outcome).toMatchObject({ ended: "not released", cause: "approval", requests: 0 });
    expect(outcome.endedAfterMs).toBeGreaterThanOrEqual(2 * hourMs);
  });
});

test("a freeze window stops it while it lasts, by the virtual clock", async () => {
  const environment = await exampleEnvironment("bytereview", "prod");
  const freezes = { "year end": { from: "2028-12-20", until: "2029-01-03", because: "everybody is away" } };
  const frozen = { ...environment, freezes } as unknown as Environment;
  const at = (start: string) =>
    played(stageFor(frozen, { life: { errorRate: 0 }, setting: { startMs: Date.parse(start) } })).outcome;
  expect(at("2028-12-24T12:00Z")).toMatchObject({ ended: "not released", cause: "freeze" });
  expect(at("2028-12-19T12:00Z").ended).toBe("healthy");
});

test("a share that grows at once to what few replicas cannot bear fails until more are ready", async () => {
  const environment = await exampleEnvironment("bytereview", "prod");
  const outcome = (perReplica?: number) =>
    played(
      stageFor(environment, {
        services: ["api"],
        traffic: "200rps",
        life: { errorRate: 0 },
        ...(perReplica !== undefined && { perReplica }),
      }),
    ).outcome;
  const bounded = outcome(20);
  expect(bounded).toMatchObject({ ended: "taken back" });
  expect(bounded.errors).toBeGreaterThan(100);
  expect(bounded.requests).toBeGreaterThan(10 * bounded.errors);
});
