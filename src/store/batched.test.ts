import { expect, test } from "vitest";
import { batched } from "./batched.ts";

const lengths = (asked: (readonly string[])[]) =>
  batched((names) => {
    asked.push(names);
    return names.includes("bad")
      ? Promise.reject(new Error("away"))
      : Promise.resolve(new Map(names.flatMap((name) => (name === "" ? [] : [[name, name.length]]))));
  });

test("what is asked in one turn is looked up at once, each name once, and everybody has their own", async () => {
  const asked: (readonly string[])[] = [];
  const of = lengths(asked);
  const later = Promise.resolve().then(() => of("three"));
  expect(await Promise.all([of("a"), of("two"), of("a"), of(""), later])).toEqual([1, 3, 1, undefined, 5]);
  expect(asked).toEqual([["a", "two", "", "three"]]);
  expect(await of("a")).toBe(1);
  expect(asked).toHaveLength(2);
});

test("what fails fails for those who asked it, and for nobody after them", async () => {
  const of = lengths([]);
  const all = await Promise.allSettled([of("a"), of("bad")]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await of("a")).toBe(1);
});
