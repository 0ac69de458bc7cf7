import * as fc from "fast-check";
import { expect, test } from "vitest";
import { splitLogChanges } from "./split-changes.ts";
import { splitLogLikelihood } from "./split-likelihood.ts";

const claimed = Math.log(1.25);
const odds = [0.5, 1, 1.5, 2, 3, 5, 10, 30].map((times) => claimed + Math.log(times));

type Window = { readonly canary: number; readonly baseline: number; readonly events: number; readonly split: number };

function isRight({ canary, baseline, events, split }: Window): void {
  const first = Math.max(0, events - baseline);
  const canaryEvents = first + Math.round(split * (Math.min(events, canary) - first));
  const counts = { canary, canaryEvents, baseline, baselineEvents: events - canaryEvents };
  const before = splitLogLikelihood(counts, claimed);
  const found = splitLogChanges(counts, claimed, odds);
  for (const [index, one] of odds.entries()) {
    const wanted = splitLogLikelihood(counts, one) - before;
    expect(Math.abs((found[index] ?? Number.NaN) - wanted)).toBeLessThan(1e-11 * Math.max(10, Math.abs(wanted)));
  }
}

/** Not a `double`: most of those are as good as 0. */
const share = fc.nat(1_000_000).map((part) => part / 1_000_000);

test("are the differences of the likelihoods, for windows of every size", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.nat(40), fc.nat(5_000), fc.nat(200_000)),
      fc.oneof(fc.nat(40), fc.nat(5_000), fc.nat(200_000)),
      fc.oneof(
        share,
        share.map((part) => part / 100),
      ),
      share,
      (canary, baseline, part, split) => isRight({ canary, baseline, events: Math.round(part * (canary + baseline)), split }),
    ),
    { numRuns: 2_000 },
  );
});

test("and of a few events among however many requests, or a few requests without one", () => {
  const many = fc.oneof(fc.nat(40), fc.nat(100_000), fc.nat(2 ** 25));
  fc.assert(
    fc.property(many, many, fc.nat(30), share, fc.boolean(), (canary, baseline, few, split, isFew) => {
      const all = canary + baseline;
      isRight({ canary, baseline, events: isFew ? Math.min(few, all) : Math.max(0, all - few), split });
    }),
    { numRuns: 2_000 },
  );
});

test("and of hundreds of splits, where the weights of the first and of the last may be further apart than a double reaches", () => {
  const hundreds = fc.integer({ min: 100, max: 3_000 });
  fc.assert(
    fc.property(hundreds, hundreds, share, share, (canary, baseline, part, split) =>
      isRight({ canary, baseline, events: Math.round(part * (canary + baseline)), split }),
    ),
    { numRuns: 3_000 },
  );
});
