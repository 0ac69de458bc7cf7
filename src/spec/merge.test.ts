import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mergeLayers } from "./merge.ts";

const layer = (label: string, data: Record<string, unknown>) => ({ layer: { label }, data });

test("objects merge, lists and references replace, the strongest wins", () => {
  const merged = mergeLayers(new Map(), [
    layer("strong", { scale: { max: 5 }, list: [1], of: { ref: "services.a" } }),
    layer("weak", { scale: { min: 1, max: 2 }, list: [2, 3], of: { ref: "services.b", access: "read" }, more: true }),
  ]);
  expect(merged).toEqual({ list: [1], more: true, of: { ref: "services.a" }, scale: { max: 5, min: 1 } });
});

test("alternatives of one thing do not mix", () => {
  expect(
    mergeLayers(new Map(), [
      layer("strong", { release: { strategy: "rolling" } }),
      layer("weak", { release: { strategy: "canary", steps: [] } }),
    ]),
  ).toEqual({ release: { strategy: "rolling" } });
});

test("what comes out is frozen all the way down", () => {
  const merged = mergeLayers(new Map(), [layer("one", { a: { b: [{ c: 1 }] } })]) as { a: { b: { c: number }[] } };
  expect(Object.isFrozen(merged.a.b[0]) && Object.isFrozen(merged.a.b) && Object.isFrozen(merged.a)).toBe(true);
});

test("the order in which keys were written changes nothing", () => {
  const data = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(data, data, (a, b) => {
      const turned = (given: Record<string, unknown>) => Object.fromEntries(Object.entries(given).toReversed());
      expect(JSON.stringify(mergeLayers(new Map(), [layer("a", turned(a)), layer("b", turned(b))]))).toBe(
        JSON.stringify(mergeLayers(new Map(), [layer("a", a), layer("b", b)])),
      );
    }),
  );
});
