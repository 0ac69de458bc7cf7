import { describe, expect, test } from "vitest";
import { createGenerator } from "../../src/rehearse/random/generator.ts";
import { createWorld } from "../../src/rehearse/run/world.ts";
import { rateAt } from "../../src/rehearse/traffic/shape.ts";
import { parseRecorded, parseTraffic } from "../../src/rehearse/traffic/parse-traffic.ts";
import { createDurations } from "../../src/rehearse/world/durations.ts";
import { latencyShares } from "../../src/rehearse/world/latency.ts";
import { usualLife } from "../../src/rehearse/world/life.ts";
import { latencyBoundsMs } from "../../src/wire/traffic.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { stageFor } from "../support/rehearse-stage.ts";

// What a rehearsal draws, against what it says that it draws: counted by minutes, and held within five deviations.

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

type Given = Parameters<typeof stageFor>[1] & { readonly share?: number; readonly seed?: number };

/** The new revision is started and, once it is ready, has this share for as long as anybody wants. */
async function sharing({ share = 50, seed = 1, ...given }: Given) {
  const environment: Environment = await exampleEnvironment("bytereview", "prod");
  const stage = stageFor({ ...environment, alerts: {} }, { services: ["api"], ...given });
  const { startMs } = stage.setting;
  const world = createWorld(stage.script, stage.setting, stage, [seed, 0]);
  world.target.carryOut([{ effect: "start", service: "api", revision: "api-2" }]);
  world.pass(startMs + 20_000);
  const shares = [
    { revision: "api-1", weightPercent: 100 - share },
    { revision: "api-2", weightPercent: share },
  ];
  world.target.carryOut([{ effect: "route", service: "api", shares, tags: {} }]);
  const counted = () =>
    ["api-1", "api-2"].map((revision) => {
      const { requests, errors } = world.traffic.seen("api", revision);
      return { requests, errors };
    });
  /** What each of the two was asked and failed between two moments. */
  function between(fromMs: number, untilMs: number) {
    world.pass(startMs + fromMs);
    const before = counted();
    world.pass(startMs + untilMs);
    return counted().map(({ requests, errors }, at) => ({
      requests: requests - (before[at]?.requests ?? 0),
      errors: errors - (before[at]?.errors ?? 0),
    }));
  }
  return { world, startMs, between, traffic: stage.setting.lives["api"]?.traffic };
}

const within = (seen: number, mean: number, variance = mean) => Math.abs(seen - mean) <= 5 * Math.sqrt(variance) + 1;

describe("traffic", () => {
  test.each(["50rps", "diurnal:20..200rps", "spikes:30rps,x5,every=20m,for=4m"])(
    "%s is as much as it says, at its time",
    async (text) => {
      const { between, traffic, startMs } = await sharing({ traffic: text });
      if (traffic === undefined) throw new Error("no traffic");
      for (let from = minuteMs; from < 2 * hourMs; from += 10 * minuteMs) {
        const sum = between(from, from + 10 * minuteMs).reduce((all, { requests }) => all + requests, 0);
        let expected = 0;
        for (let at = from + 2_500; at < from + 10 * minuteMs; at += 5_000) expected += rateAt(traffic, startMs + at, at) * 5;
        expect([from, sum, within(sum, expected)]).toEqual([from, sum, true]);
      }
    },
  );

  test("a recorded series goes from point to point, and begins again when it is over", () => {
    const recorded = parseRecorded("seconds,rps\n0,10\n60,70\n120,10\n", "recorded.csv");
    expect([0, 30, 60, 90, 150].map((s) => rateAt(recorded, 0, s * 1_000))).toEqual([10, 40, 70, 40, 40]);
    expect(() => parseTraffic("diurnal:9..3rps")).toThrow(/no traffic/);
  });
});

describe("errors", () => {
  test("come as often as said, and what is not wrong with the old revision is not", async () => {
    const { between } = await sharing({ traffic: "100rps", faults: ["errors=5%@10m"], life: { errorRate: 0.01 } });
    const [old, fresh] = between(minuteMs, 9 * minuteMs);
    for (const one of [old, fresh]) expect(within(one?.errors ?? 0, (one?.requests ?? 0) * 0.01)).toBe(true);
    const [oldLater, later] = between(11 * minuteMs, 30 * minuteMs);
    expect(within(oldLater?.errors ?? 0, (oldLater?.requests ?? 0) * 0.01)).toBe(true);
    expect(within(later?.errors ?? 0, (later?.requests ?? 0) * (1 - 0.99 * 0.95))).toBe(true);
  });

  test("of a dependency come to both, while it lasts", async () => {
    const { between } = await sharing({ traffic: "100rps", faults: ["dependency=30%@10m+5m"], life: { errorRate: 0 } });
    expect(between(minuteMs, 10 * minuteMs).map(({ errors }) => errors)).toEqual([0, 0]);
    for (const { requests, errors } of between(10 * minuteMs, 15 * minuteMs)) expect(within(errors, requests * 0.3)).toBe(true);
    expect(between(15 * minuteMs, 20 * minuteMs).map(({ errors }) => errors)).toEqual([0, 0]);
  });

  test.each([
    [0, 0.5, 1.6],
    [0.5, 8, 80],
  ])(
    "with bursts of %d vary from minute to minute between %d and %d times as much as chance alone",
    async (bursts, least, most) => {
      const { between } = await sharing({ traffic: "200rps", life: { errorRate: 0.02, bursts } });
      const minutes = Array.from({ length: 120 }, (_, at) => between((at + 1) * minuteMs, (at + 2) * minuteMs)[0]?.errors ?? 0);
      const mean = minutes.reduce((sum, one) => sum + one, 0) / minutes.length;
      const variance = minutes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (minutes.length - 1);
      expect(variance / mean).toBeGreaterThan(least);
      expect(variance / mean).toBeLessThan(most);
    },
  );
});

test("few users who stay on their side make a share that strays; many hardly do", async () => {
  const shareOf = async (users: number, seed: number) => {
    const { between } = await sharing({ traffic: "100rps", share: 10, seed, life: { users } });
    const [old, fresh] = between(minuteMs, hourMs / 2);
    return (fresh?.requests ?? 0) / ((fresh?.requests ?? 0) + (old?.requests ?? 0));
  };
  const deviation = async (users: number) => {
    const shares = await Promise.all(Array.from({ length: 30 }, (_, seed) => shareOf(users, seed + 1)));
    return Math.sqrt(shares.reduce((sum, share) => sum + (share - 0.1) ** 2, 0) / shares.length);
  };
  // A binomial share of so many users has a deviation of √(0.1 · 0.9 ÷ users).
  const few = (await deviation(50)) / Math.sqrt(0.09 / 50);
  expect(few).toBeGreaterThan(0.6);
  expect(few).toBeLessThan(1.5);
  expect(await deviation(100_000)).toBeLessThan(0.004);
});

test("a new revision answers slower for a while, and then as the old one does", async () => {
  const { world, startMs } = await sharing({ traffic: "200rps" });
  const slowShare = (before: readonly number[], now: readonly number[]) => {
    const since = now.map((count, at) => count - (before[at] ?? 0));
    const all = since.reduce((sum, one) => sum + one, 0);
    return since.slice(latencyBoundsMs.indexOf(100) + 1).reduce((sum, one) => sum + one, 0) / all;
  };
  const counts = () => [...world.traffic.seen("api", "api-2").latency];
  const [begin, warm, usual] = [[], 50_000, 20 * minuteMs].map((ms) =>
    typeof ms === "number" ? (world.pass(startMs + ms), counts()) : [],
  );
  const beyond = (times: number) =>
    latencyShares(usualLife.latency, latencyBoundsMs, times)
      .slice(latencyBoundsMs.indexOf(100) + 1)
      .reduce((sum, one) => sum + one, 0);
  expect(slowShare(begin ?? [], warm ?? [])).toBeCloseTo(beyond(1.5), 1);
  expect(slowShare(warm ?? [], usual ?? [])).toBeCloseTo(beyond(1), 2);
  expect(beyond(1.5) - beyond(1)).toBeGreaterThan(0.1);
});

test("tails are heavy: far more is beyond a second than without them", () => {
  const beyond = (tailShare: number) =>
    latencyShares({ ...usualLife.latency, tailShare }, latencyBoundsMs, 1)
      .slice(latencyBoundsMs.indexOf(1_000) + 1)
      .reduce((sum, one) => sum + one, 0);
  expect(beyond(0.02) / beyond(0)).toBeGreaterThan(1.5);
});

test("durations told apart by some bounds alone have the same numbers beyond these bounds, and lose none", () => {
  const shares = latencyShares(usualLife.latency, latencyBoundsMs, 1);
  const starts = [16, 24, 29];
  const apart = createDurations(createGenerator(1), () => shares);
  const whole = createDurations(createGenerator(2), () => shares);
  apart.groupAt(starts);
  for (const one of [apart, whole])
    for (let at = 0; at < 400; at++) {
      one.take(500, 1);
      one.counts();
    }
  const beyond = (counts: readonly number[], from: number) => counts.slice(from).reduce((sum, one) => sum + one, 0);
  expect([beyond(apart.counts(), 0), beyond(whole.counts(), 0)]).toEqual([200_000, 200_000]);
  for (const from of starts) {
    const expected = 200_000 * shares.slice(from).reduce((sum, one) => sum + one, 0);
    for (const one of [apart, whole]) expect([from, within(beyond(one.counts(), from), expected)]).toEqual([from, true]);
  }
  expect(apart.counts().filter((count) => count > 0)).toHaveLength(4);
});
