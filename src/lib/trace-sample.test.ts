import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isSampled } from "./trace-sample.ts";

const ids = fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef")), minLength: 32, maxLength: 32 });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

test("of a larger share are all of a smaller one; of everything all, of nothing none", () => {
  fc.assert(
    fc.property(ids, shares, shares, (id, one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      if (isSampled(id, less)) expect(isSampled(id, more)).toBe(true);
      expect(isSampled(id, 1)).toBe(true);
      expect(isSampled(id, 0)).toBe(false);
    }),
  );
});

test.each([0.1, 0.5, 0.95])("of many ids %d is about that share", (share) => {
  let kept = 0;
  // Ids spread evenly, as by the multiples of the golden ratio.
  for (let n = 1; n <= 10_000; n++) {
    const bits = (BigInt(n) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffn;
    if (isSampled("a".repeat(18) + bits.toString(16).padStart(14, "0"), share)) kept += 1;
  }
  expect(kept / 10_000).toBeCloseTo(share, 2);
});
