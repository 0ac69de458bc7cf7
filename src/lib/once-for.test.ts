import { expect, test } from "vitest";
import { onceFor } from "./once-for.ts";

test("of each thing it is made once, and of another that is like it anew", () => {
  let made = 0;
  const of = onceFor(({ name }: { readonly name: string }) => ({ name, number: (made += 1) }));
  const [one, two] = [{ name: "a" }, { name: "a" }];
  expect(of(one)).toBe(of(one));
  expect([of(one), of(two), of(one)]).toEqual([
    { name: "a", number: 1 },
    { name: "a", number: 2 },
    { name: "a", number: 1 },
  ]);
});

test("what could not be made is tried again", () => {
  let isAway = true;
  const of = onceFor((thing: object) => {
    if (isAway) throw new Error("away");
    return { thing };
  });
  const thing = {};
  expect(() => of(thing)).toThrow("away");
  isAway = false;
  expect(of(thing)).toEqual({ thing });
});
