// Canaries, simulated minute by minute: how often good ones are taken back, how soon bad ones are found, and what a window costs. Beside the
// comparison stands what many do instead: a z-test of the two error rates at 5 %, at every look.
import { performance } from "node:perf_hooks";
import { bundled } from "../bundled.mjs";
import { median } from "../measure.mjs";

const runs = Number(process.env.GANTRY_BENCH_CANARIES ?? 1_000);
const looks = 60;
const drifting = (look) => 0.01 * (1 + 0.8 * Math.sin(look / 7));
const growing = (look) => (look < 15 ? 0.05 : look < 30 ? 0.1 : look < 45 ? 0.25 : 0.5);
const tenth = { looks, shareAt: () => 0.1, errorRateAt: () => 0.01 };
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const minutes = (value) => (Number.isFinite(value) ? `${value} min` : `not within ${looks} min`);

export async function measureCompare(say) {
  const { simulateCanary } = await bundled("test/support/simulated-canary.ts");
  const { verdictOf } = await bundled("src/delivery/compare/verdict.ts");
  const { noEvidence, withWindow } = await bundled("src/delivery/compare/evidence.ts");

  /** The look at which each of so many canaries was failed: by the comparison, and by the z-test. */
  const failed = (given, count = runs) => {
    const [ours, theirs] = [[], []];
    for (let seed = 1; seed <= count; seed++) {
      let [our, their] = [Infinity, Infinity];
      simulateCanary({ ...given, seed }, (state, at) => {
        if (state.failed) our = Math.min(our, at);
        if (zTest(state.errors.counts) > 1.96) their = Math.min(their, at);
        return our < Infinity && their < Infinity;
      });
      ours.push(our);
      theirs.push(their);
    }
    return { ours, theirs };
  };
  const share = (found, until = looks) => found.filter((at) => at <= until).length / found.length;

  const rows = [];
  const good = (what, given, count) => {
    const { ours, theirs } = failed({ ...tenth, errorRateAt: drifting, shareAt: growing, ...given }, count);
    rows.push([
      `good canaries taken back, ${what}`,
      percent(share(ours)),
      `z-test at every look: ${percent(share(theirs))}`,
      "–",
      "at most 2 %",
      share(ours) <= 0.02,
    ]);
    say(`${what}: done`);
  };
  good("5 requests/s", { requestsPerSecond: 5 });
  good("50 requests/s", { requestsPerSecond: 50 });
  good("50 requests/s, 1.25 × the errors, as tolerated", { requestsPerSecond: 50, worse: () => 1.25 });
  good("50 requests/s, errors in bursts", { requestsPerSecond: 50, bursts: 0.5 });
  good("50 requests/s, errors and latency", { requestsPerSecond: 50, slower: 1, width: 0.7 }, Math.ceil(runs / 4));

  const bad = (what, given, { bound, holds }, by = 16) => {
    const { ours, theirs } = failed({ ...tenth, ...given }, Math.ceil(runs / 2));
    rows.push([
      `${what}: until it is taken back`,
      `${minutes(median(ours))}, ${percent(share(ours, by))} within ${by}`,
      given.slower ? "–" : `z-test at every look: ${minutes(median(theirs))}`,
      "–",
      bound,
      holds(ours),
    ]);
    say(`${what}: done`);
  };
  const within = (most) => ({ bound: `at most ${most} min`, holds: (found) => median(found) <= most });
  const shown = { bound: "shown", holds: () => true };
  const canary5 = { requestsPerSecond: 50 };
  bad("5 × the errors, 5 requests/s on the canary", { ...canary5, worse: () => 5 }, within(4));
  bad("2 × the errors, 5 requests/s on the canary", { ...canary5, worse: () => 2 }, within(16));
  bad(
    "a fifth slower, 5 requests/s on the canary",
    { ...canary5, slower: 1.2, width: 0.5 },
    {
      bound: "99 % within 16 min",
      holds: (found) => share(found, 16) >= 0.99,
    },
  );
  bad(
    "5 × the errors after half an hour of health, 5 requests/s on the canary",
    { ...canary5, worse: (at) => (at > 30 ? 5 : 1) },
    within(40),
    40,
  );
  bad("5 × the errors, 5 requests/s in all", { requestsPerSecond: 5, worse: () => 5 }, shown);
  bad("2 × the errors, 5 requests/s in all", { requestsPerSecond: 5, worse: () => 2 }, shown);
  bad("a fifth slower, 5 requests/s in all", { requestsPerSecond: 5, slower: 1.2, width: 0.5 }, shown);

  const passes = (what, given, { bound, holds }) => {
    const found = Array.from({ length: Math.ceil(runs / 10) }, (_, run) => {
      let passed = Infinity;
      simulateCanary({ ...tenth, slower: 1, width: 0.5, ...given, seed: run + 1 }, (state, at) => {
        if (verdictOf(state).verdict === "pass") passed = at;
        return passed < Infinity;
      });
      return passed;
    });
    rows.push([what, `${minutes(median(found))}, ${percent(share(found))} within the hour`, "–", "–", bound, holds(found)]);
    say(`${what}: done`);
  };
  passes("a good canary, 5 requests/s on it: until it has passed", canary5, within(20));
  passes("a good canary, 5 requests/s in all: until it has passed", { requestsPerSecond: 5 }, shown);
  passes(
    "0.5 requests/s in all, 0.1 % errors: passed",
    { requestsPerSecond: 0.5, errorRateAt: () => 0.001 },
    { bound: "none in an hour", holds: (found) => share(found) === 0 },
  );

  const question = { tolerance: 1.25, harmful: 2, negligible: 0.005, cap: 5, most: 400 };
  const windowMs = (requests) => {
    const counts = (turn) => ({
      canary: requests / 10,
      canaryEvents: Math.round(requests / 20) + turn,
      baseline: requests * 0.9,
      baselineEvents: Math.round(requests * 0.45) - turn,
    });
    const times = Array.from({ length: 201 }, (_, turn) => {
      const start = performance.now();
      withWindow(noEvidence, counts(turn % 7), question);
      return performance.now() - start;
    });
    return median(times.slice(50));
  };
  const [small, large] = [windowMs(300), windowMs(10_000_000)];
  rows.push([
    "one window of 10⁷ requests, half of them events: evidence of harm and of safety",
    `${Math.round(large * 1_000)} µs`,
    `a window of 300: ${Math.round(small * 1_000)} µs`,
    `${(large / small).toFixed(1)} ×`,
    "under 5 ms",
    large < 5,
  ]);
  return rows;
}

/** How many deviations the canary's error rate is above the baseline's, by their pooled rate. */
function zTest({ canary, canaryEvents, baseline, baselineEvents }) {
  const pooled = (canaryEvents + baselineEvents) / (canary + baseline);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / canary + 1 / baseline));
  return deviation > 0 ? (canaryEvents / canary - baselineEvents / baseline) / deviation : 0;
}
