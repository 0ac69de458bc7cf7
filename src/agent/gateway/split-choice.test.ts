import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSplitChoice } from "./split-choice.ts";

test("over each full round a revision gets exactly its share, and before it to within one", () => {
  const shares = fc
    .array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 })
    .filter((all) => all.some((weight) => weight > 0))
    .map((all) => all.map((weight, n) => ({ revision: `r${n}`, weight })));
  fc.assert(
    fc.property(shares, (shares) => {
      const choice = createSplitChoice(shares);
      const total = shares.reduce((sum, { weight }) => sum + weight, 0);
      const counts = new Map<string, number>();
      for (let asked = 1; asked <= total; asked++) {
        const next = choice.next() ?? "";
        counts.set(next, (counts.get(next) ?? 0) + 1);
        const positive = shares.filter(({ weight }) => weight > 0).length;
        for (const { revision, weight } of shares)
          expect(Math.abs((counts.get(revision) ?? 0) - (asked * weight) / total)).toBeLessThan(Math.max(1, positive - 1) + 1e-9);
      }
      for (const { revision, weight } of shares) expect(counts.get(revision) ?? 0).toBe(weight);
    }),
  );
});

test("a small share is spread out", () => {
  const choice = createSplitChoice([
    { revision: "stable", weight: 98 },
    { revision: "canary", weight: 2 },
  ]);
  const turns = Array.from({ length: 200 }, () => choice.next());
  const at = turns.flatMap((one, n) => (one === "canary" ? [n] : []));
  expect(at).toHaveLength(4);
  for (const [n, turn] of at.slice(1).entries()) expect(turn - (at[n] ?? 0)).toBe(50);
});

test("without shares nobody is chosen", () => {
  expect(createSplitChoice([]).next()).toBeUndefined();
  expect(createSplitChoice([{ revision: "r1", weight: 0 }]).next()).toBeUndefined();
});
