import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Share } from "../../wire/machine.ts";
import { cohortOf } from "./cohort.ts";

const salts = fc.string({ minLength: 1, maxLength: 12 });
const user = fc.string({ minLength: 1, maxLength: 24 });
const weight = fc.integer({ min: 0, max: 100 });
const two = (canary: number): Share[] => [
  { revision: "stable", weight: 100 - canary },
  { revision: "canary", weight: canary },
];
const users = (count: number): string[] => Array.from({ length: count }, (_, n) => `user-${n}`);
const countOf = (salt: string, shares: readonly Share[], count: number): number =>
  users(count).filter((one) => cohortOf(one, salt, shares) === "canary").length;

test("a user on the growing side stays there", () => {
  fc.assert(
    fc.property(user, salts, weight, weight, (user, salt, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      fc.pre(cohortOf(user, salt, two(less)) === "canary");
      expect(cohortOf(user, salt, two(more))).toBe("canary");
    }),
    { numRuns: 500 },
  );
});

test("nobody moves between two revisions because of a third that comes, only to it", () => {
  const before = [
    { revision: "a", weight: 60 },
    { revision: "b", weight: 40 },
  ];
  const after = [
    { revision: "a", weight: 54 },
    { revision: "c", weight: 10 },
    { revision: "b", weight: 36 },
  ];
  fc.assert(
    fc.property(user, salts, (user, salt) => {
      const now = cohortOf(user, salt, after);
      if (now !== "c") expect(now).toBe(cohortOf(user, salt, before));
    }),
    { numRuns: 500 },
  );
});

test("the order of the shares does not matter, and a share of nothing gets nobody", () => {
  fc.assert(
    fc.property(user, salts, weight, (user, salt, share) => {
      expect(cohortOf(user, salt, two(share).toReversed())).toBe(cohortOf(user, salt, two(share)));
      expect(cohortOf(user, salt, two(0))).toBe("stable");
      expect(cohortOf(user, salt, two(100))).toBe("canary");
    }),
  );
  expect(cohortOf("somebody", "salt", [])).toBeUndefined();
});

test("however many new users come and however often they come back, a side has its share of them", () => {
  fc.assert(
    fc.property(salts, fc.integer({ min: 5, max: 95 }), (salt, share) => {
      const count = 2_000;
      const found = countOf(salt, two(share), count);
      // Five standard deviations: once in a few million seeds.
      const spread = 5 * Math.sqrt((count * share * (100 - share)) / 10_000);
      expect(Math.abs(found - (count * share) / 100)).toBeLessThan(spread);
    }),
    { numRuns: 25, seed: 7 },
  );
});

test("another salt puts other users first", () => {
  const first = users(2_000).filter((one) => cohortOf(one, "release-1", two(10)) === "canary");
  const again = first.filter((one) => cohortOf(one, "release-2", two(10)) === "canary");
  expect(first.length).toBeGreaterThan(120);
  // Were the salts the same it would be all of them; by chance it is a tenth.
  expect(again.length).toBeLessThan(first.length / 3);
});
