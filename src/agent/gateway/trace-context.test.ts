import { expect, test } from "vitest";
import { parseTraceparent, randomHex } from "./trace-context.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const span = "00f067aa0ba902b7";

test.each([`00-${trace}-${span}-01`, `00-${trace}-${span}-00`, `01-${trace}-${span}-01-more`, `cc-${trace}-${span}-01`])(
  "%s is a trace",
  (header) => expect(parseTraceparent(header)).toMatchObject({ traceId: trace, spanId: span }),
);

test.each([
  "",
  `00-${trace}-${span}`,
  `00-${trace}-${span}-01-more`,
  `00-${trace}-${span}-01x`,
  `ff-${trace}-${span}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${"0".repeat(32)}-${span}-01`,
  `00-${trace}-${"0".repeat(16)}-01`,
  `00-${trace.slice(1)}-${span}-01`,
  ` 00-${trace}-${span}-01`,
  `00_${trace}_${span}_01`,
])("%j is none", (header) => expect(parseTraceparent(header)).toBeUndefined());

test("random ids have the wanted length and do not come twice", () => {
  const drawn = Array.from({ length: 5_000 }, () => randomHex(16));
  expect(new Set(drawn).size).toBe(5_000);
  expect(drawn.every((one) => /^[0-9a-f]{16}$/.test(one))).toBe(true);
});
