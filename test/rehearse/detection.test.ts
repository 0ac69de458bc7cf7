import { describe, expect, test } from "vitest";
import { createTally } from "../../src/rehearse/campaign/tally.ts";
import { rehearseMany } from "../../src/rehearse/campaign/rehearse-many.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { hourAt, stageFor } from "../support/rehearse-stage.ts";

// What the comparison was measured to do, canary by canary, once more with all of a release around it: machines that start, a warm-up,
// shares that are routed, looks that come when they come. 5 requests a second on the new revision, a tenth of all, 60 windows. What is asserted are intervals: the
// published figure has to lie in them, or beyond them on the better side.

const minuteMs = 60_000;
const latency = { medianMs: 80, width: 0.5, tailShare: 0.02, tailTimes: 5 };

async function hour(given: {
  readonly fault?: string;
  readonly traffic: string;
  readonly errorRate: number;
  readonly runs: number;
  readonly bursts?: number;
  readonly measures?: "errors";
}) {
  const { fault, traffic, errorRate, runs, bursts = 0, measures } = given;
  const environment = hourAt(await exampleEnvironment("bytereview", "prod"), "10%");
  const stage = stageFor(environment, {
    services: ["api"],
    traffic,
    faults: fault === undefined ? [] : [fault],
    life: { errorRate, bursts, latency },
    ...(measures && { latencyBoundsMs: [] }),
  });
  let tally = createTally();
  for (const so of rehearseMany(stage, { seed: 11, runs })) tally = so;
  return { summary: tally.summary(), sorted: tally.sorted("detectedAfterMs") };
}

describe("an hour at a tenth of the traffic", () => {
  test("5 × the errors at 1 % are known in about 4 minutes after a minute of warm-up", async () => {
    const { summary } = await hour({ fault: "errors=3.85%", traffic: "50rps", errorRate: 0.01, runs: 60, measures: "errors" });
    expect(summary.takenBack.value).toBe(1);
    expect(summary.detectedAfterMs?.median.from).toBeLessThanOrEqual(6 * minuteMs);
    expect(summary.detectedAfterMs?.median.value).toBeGreaterThan(2 * minuteMs);
  });

  test("2 × in about 16", async () => {
    const { summary } = await hour({ fault: "errors=0.99%", traffic: "50rps", errorRate: 0.01, runs: 60, measures: "errors" });
    expect(summary.takenBack.to).toBeGreaterThan(0.85);
    expect(summary.detectedAfterMs?.median.from).toBeLessThanOrEqual(18 * minuteMs);
    expect(summary.detectedAfterMs?.median.to).toBeGreaterThanOrEqual(10 * minuteMs);
  });

  test("a fifth slower, with a heavy tail, is known within 16 minutes nearly always", async () => {
    const { sorted, summary } = await hour({ fault: "latency=+20%", traffic: "50rps", errorRate: 0.001, runs: 40 });
    const soon = [...sorted].filter((ms) => ms <= 18 * minuteMs).length;
    expect(soon / summary.runs).toBeGreaterThan(0.9);
  });

  test("a good one is hardly ever taken back, also where errors come in bursts", async () => {
    const { summary } = await hour({ traffic: "5rps", errorRate: 0.01, runs: 150, bursts: 0.3 });
    expect(summary.takenBack.from).toBeLessThanOrEqual(0.018);
    expect(summary.healthy.value).toBeGreaterThan(0.95);
  });

  test("half a request a second with one error in a thousand says nothing of a good one", async () => {
    const { summary } = await hour({ traffic: "0.5rps", errorRate: 0.001, runs: 40 });
    expect(summary.takenBack.from).toBeLessThanOrEqual(0.018);
  });
});
