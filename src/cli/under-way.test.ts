import { expect, test } from "vitest";
import { coloursFor } from "./terminal.ts";
import { createUnderWay } from "./under-way.ts";

const colours = coloursFor({ isTTY: false }, {});

function told(
  about: { readonly isTTY: boolean; readonly json?: boolean; readonly lineEveryMs?: number },
  ...steps: readonly string[]
): string {
  let text = "";
  const { isTTY, json = false, lineEveryMs } = about;
  const underWay = createUnderWay(
    { err: (more) => (text += more), options: { json }, colours },
    { stream: { isTTY, columns: 12 }, ...(lineEveryMs !== undefined && { lineEveryMs }) },
  );
  for (const step of steps) underWay.step(step);
  underWay.end();
  return text;
}

test("on a terminal a line takes the place of the one before, is never wrapped, and is gone at the end", () => {
  expect(told({ isTTY: true }, "one", "and a long two")).toBe("\r\u001b[K  … one\r\u001b[K  … and a l\r\u001b[K");
  expect(told({ isTTY: true })).toBe("");
});

test("what is told cannot do anything to the terminal", () => {
  const text = told({ isTTY: true }, "a\nb\u001b[2J");
  expect([text.includes("\n"), text.includes("\u001b[2J")]).toEqual([false, false]);
});

test("elsewhere there are lines as often as is asked for, and none where it is not", () => {
  expect(told({ isTTY: false, lineEveryMs: 0 }, "one", "two")).toBe("  … one\n  … two\n");
  expect(told({ isTTY: false, lineEveryMs: 60_000 }, "one", "two")).toBe("");
  expect(told({ isTTY: false }, "one", "two")).toBe("");
});

test("programs are told nothing", () => {
  expect(told({ isTTY: true, json: true }, "one")).toBe("");
  expect(told({ isTTY: false, json: true, lineEveryMs: 0 }, "one")).toBe("");
});
