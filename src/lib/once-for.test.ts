import { expect, test } from "vitest";
import { onceFor, onceForBoth } from "./once-for.ts";

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

test("of two things once for both of them", () => {
  let made = 0;
  const of = onceForBoth((one: { readonly name: string }, other: { readonly name: string }) => ({
    names: [one.name, other.name],
    number: (made += 1),
  }));
  const [a, b] = [{ name: "a" }, { name: "b" }];
  expect([of(a, b), of(b, a), of(a, b), of(a, { name: "b" })]).toEqual([
    { names: ["a", "b"], number: 1 },
    { names: ["b", "a"], number: 2 },
    { names: ["a", "b"], number: 1 },
    { names: ["a", "b"], number: 3 },
  ]);
});
