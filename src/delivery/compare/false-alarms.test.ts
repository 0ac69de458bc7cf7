import { describe, expect, test } from "vitest";
import { failures, simulateCanary } from "../../../test/support/simulated-canary.ts";
import { verdictOf } from "./verdict.ts";

// Whole releases, seeded: an hour, looked at every minute, while the base rate drifts and the canary's share grows. `npm run bench` has more.

const drifting = (look: number) => 0.01 * (1 + 0.8 * Math.sin(look / 7));
const growing = (look: number) => (look < 15 ? 0.05 : look < 30 ? 0.1 : look < 45 ? 0.25 : 0.5);
const anHour = { looks: 60, shareAt: () => 0.1, errorRateAt: () => 0.01 };

describe("of a hundred good canaries at most two are taken back, however often one looks", () => {
  test.each([5, 50])("%i requests a second, errors", (requestsPerSecond) => {
    const { share } = failures(200, { ...anHour, requestsPerSecond, shareAt: growing, errorRateAt: drifting });
    expect(share).toBeLessThanOrEqual(0.02);
  });

  test("also where it is as much worse as is tolerated", () => {
    const { share } = failures(200, {
      ...anHour,
      requestsPerSecond: 50,
      shareAt: growing,
      errorRateAt: drifting,
      worse: () => 1.25,
    });
    expect(share).toBeLessThanOrEqual(0.02);
  });

  test("also where errors come in bursts", () => {
    const { share } = failures(200, { ...anHour, requestsPerSecond: 50, shareAt: growing, errorRateAt: drifting, bursts: 0.5 });
    expect(share).toBeLessThanOrEqual(0.02);
  });

  test("errors and latency together", () => {
    const { share } = failures(100, {
      ...anHour,
      requestsPerSecond: 50,
      shareAt: growing,
      errorRateAt: drifting,
      slower: 1,
      width: 0.7,
    });
    expect(share).toBeLessThanOrEqual(0.02);
  });
});

describe("a bad canary is found, with 5 requests a second on the new revision, a tenth of all", () => {
  const median = (runs: number, looks: readonly number[]) => looks[Math.floor(runs / 2)] ?? Infinity;

  test.each([
    [5, 4],
    [2, 16],
  ])("%i × the errors: within about %i minutes by the median", (times, minutes) => {
    const { looks } = failures(200, { ...anHour, requestsPerSecond: 50, worse: () => times });
    expect(median(200, looks)).toBeLessThanOrEqual(minutes);
  });

  test("all requests a fifth slower, with a heavy tail: nearly always within 16 minutes", () => {
    const { looks } = failures(100, { ...anHour, looks: 16, requestsPerSecond: 50, slower: 1.2, width: 0.5 });
    expect(looks.length).toBeGreaterThanOrEqual(99);
  });

  test("every other request fails: three windows, as no window counts for more than so much", () => {
    const { looks } = failures(100, { ...anHour, requestsPerSecond: 5, worse: () => 99 });
    expect(looks.at(-1)).toBeLessThanOrEqual(4);
  });

  test("it goes bad after half an hour", () => {
    const { looks } = failures(100, { ...anHour, requestsPerSecond: 50, worse: (look) => (look > 30 ? 5 : 1) });
    expect(looks).toHaveLength(100);
    expect(looks[0]).toBeGreaterThan(30);
    expect(looks.at(-1)).toBeLessThanOrEqual(40);
  });
});

test("half a request a second with one error in a thousand says nothing in an hour", () => {
  for (let seed = 1; seed <= 10; seed++)
    simulateCanary({ ...anHour, seed, requestsPerSecond: 0.5, errorRateAt: () => 0.001, slower: 1 }, (state) => {
      expect(verdictOf(state).verdict).toBe("inconclusive");
      return false;
    });
});

test("of a hundred canaries that are harmful, at most five are let through in an hour", () => {
  let passed = 0;
  for (let seed = 1; seed <= 100; seed++)
    simulateCanary(
      { ...anHour, seed, requestsPerSecond: 20, shareAt: growing, errorRateAt: drifting, worse: () => 2 },
      (state) => {
        const { verdict } = verdictOf(state);
        if (verdict === "pass") passed++;
        return verdict !== "inconclusive";
      },
    );
  expect(passed).toBeLessThanOrEqual(5);
});
