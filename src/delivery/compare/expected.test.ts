import { expect, test } from "vitest";
import { canary, changeOf, planOf } from "../../../test/support/delivery/plans.ts";
import { type Floor, type Present, expectationsOf } from "./expected.ts";

const floor: Floor = { says: "error rate of api above 2% over 5m", service: "api", least: 20, withinMs: 300_000 };
const baseline = { requests: 10_000, errors: 100, latency: [9_000, 1_000] };
const says = (present: Record<string, Present>, services = ["api"], floors = [floor]) =>
  expectationsOf(
    planOf(canary),
    services.map((one) => changeOf(one)),
    { present, floors, lastMs: 300_000 },
  );

test("enough traffic: what each step will see, and how long the comparison takes", () => {
  const expected = says({ api: { requestsPerSecond: 10, baseline } });
  expect(expected.map(({ step, requests, enough }) => [step, requests, enough])).toEqual([
    ["5%", 450, true],
    ["50%", 4_500, true],
  ]);
  expect(expected[0]?.says).toMatch(
    /^the new api has about 450 requests in 15 min at 5%; at 10 requests\/s, 5 % of them the new revision's, this needs about /,
  );
});

test("too little: how much it takes, and what becomes of it otherwise", () => {
  const [first, second] = says({ api: { requestsPerSecond: 0.5 } });
  expect([first?.enough, second?.enough]).toEqual([false, true]);
  expect(first?.says).toBe(
    'at 0.5 requests/s the new api has about 23 requests in 15 min at 5%; "error rate of api above 2% over 5m" is told from 20 requests of the new api within 5 min on, which takes 1.33 requests/s: with fewer it holds for 10 min and goes back, unless somebody skips it',
  );
});

test("none at all, also on a service that is only watched", () => {
  const none = says({}, ["web"]);
  expect(none.map(({ service, enough }) => [service, enough])).toEqual([
    ["web", true],
    ["api", false],
    ["web", true],
    ["api", false],
  ]);
  expect(none[1]?.says).toMatch(
    /^api had no requests in the last 5 min; ".*" is told from 20 requests of api within 5 min on, which takes 0\.067 requests\/s/,
  );
});

test("what changes over without a share is not asked about", () => {
  expect(expectationsOf(planOf({ strategy: "rolling" }), [changeOf("api")], { present: {}, floors: [floor], lastMs: 1 })).toEqual(
    [],
  );
});
