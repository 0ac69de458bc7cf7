import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Silence, isActive, isSilenced, silenceProblems } from "./silence.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { filledSummary, summaryWithoutValue } from "./summary.ts";

const at = (moment: string) => Date.parse(moment);

const tuesdays: Silence = {
  id: "s",
  matchers: [{ name: "service", op: "=", value: "api" }],
  fromMs: at("2026-01-01T00:00:00Z"),
  untilMs: at("2027-01-01T00:00:00Z"),
  repeats: { days: ["tuesday"], fromMinute: 120, minutes: 60 },
  author: "ana",
  reason: "the weekly import",
};

describe("a silence that repeats: Tuesdays from 02:00 to 03:00 UTC", () => {
  test.each([
    ["2026-03-03T01:59:59Z", false],
    ["2026-03-03T02:00:00Z", true],
    ["2026-03-03T02:59:59Z", true],
    ["2026-03-03T03:00:00Z", false],
    ["2026-03-04T02:30:00Z", false],
    ["2025-12-30T02:30:00Z", false],
    ["2027-01-05T02:30:00Z", false],
  ])("%s: %s", (moment, silent) => {
    expect(isActive(tuesdays, at(moment))).toBe(silent);
  });

  test("a stretch past midnight belongs to the day that it began", () => {
    const nights = { ...tuesdays, repeats: { days: ["saturday"] as const, fromMinute: 23 * 60, minutes: 120 } };
    expect(isActive(nights, at("2026-03-07T23:30:00Z"))).toBe(true);
    expect(isActive(nights, at("2026-03-08T00:59:00Z"))).toBe(true);
    expect(isActive(nights, at("2026-03-08T23:30:00Z"))).toBe(false);
  });

  test("each Tuesday has just its hour of it", () => {
    fc.assert(
      fc.property(fc.integer({ min: tuesdays.fromMs, max: tuesdays.untilMs - 1 }), (ms) => {
        const date = new Date(ms);
        expect(isActive(tuesdays, ms)).toBe(date.getUTCDay() === 2 && date.getUTCHours() === 2);
      }),
    );
  });
});

describe("what a silence matches", () => {
  const during = at("2026-03-03T02:30:00Z");
  const with_ = (...matchers: Silence["matchers"]) => [{ ...tuesdays, matchers }];
  test.each([
    [[{ name: "service", op: "=", value: "api" }], true],
    [[{ name: "service", op: "!=", value: "api" }], false],
    [[{ name: "service", op: "=~", value: "a.*|web" }], true],
    [[{ name: "service", op: "=~", value: "p" }], false],
    [[{ name: "service", op: "!~", value: "w.*" }], true],
    [
      [
        { name: "service", op: "=", value: "api" },
        { name: "severity", op: "=", value: "info" },
      ],
      false,
    ],
    [[{ name: "absent", op: "=", value: "" }], true],
    [[{ name: "service", op: "=~", value: "(" }], false],
  ] as const)("%j: %s", (matchers, silent) => {
    expect(isSilenced({ service: "api", severity: "critical" }, with_(...matchers), during) !== undefined).toBe(silent);
  });

  test("an expression that takes for ever elsewhere takes no time here", () => {
    const long = { service: `${"a".repeat(5_000)}!` };
    expect(isSilenced(long, with_({ name: "service", op: "=~", value: "(a+)+" }), during)).toBeUndefined();
  });
});

test.each([
  [{}, []],
  [{ matchers: [] }, ["a silence of everything is none: say what it is for"]],
  [{ matchers: [{ name: "a", op: "=~", value: ".*" }] }, ["it would match every alert there is"]],
  [{ matchers: [{ name: "a", op: "!=", value: "x" }] }, ["it would match every alert there is"]],
  [{ untilMs: 0 }, ["it ends before it begins"]],
  [{ author: " ", reason: "" }, ["it says nobody's name", "it gives no reason"]],
  [
    { repeats: { days: [], fromMinute: 2_000, minutes: 0 } },
    ["it repeats on no day", "a day has 1440 minutes", "a stretch lasts between a minute and a week"],
  ],
] as const)("what is wrong with %j", (more, problems) => {
  expect(silenceProblems({ ...tuesdays, ...more })).toEqual(problems);
});

test("an expression that is none is told", () => {
  expect(silenceProblems({ ...tuesdays, matchers: [{ name: "a", op: "=~", value: "(" }] })[0]).toMatch(/^a=~"\("/);
});

test("labels have one fingerprint in any order, and others have another", () => {
  const labels = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 5 });
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(labels, (one) => {
      const backwards = Object.fromEntries(Object.entries(one).toReversed());
      const print = fingerprintOf(one);
      expect(fingerprintOf(backwards)).toBe(print);
      const text = JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      expect(seen.get(print) ?? text).toBe(text);
      seen.set(print, text);
    }),
    { numRuns: 2_000 },
  );
  expect(fingerprintOf({ a: "bc" })).not.toBe(fingerprintOf({ ab: "c" }));
});

test.each([
  ["{{ $value | humanizePercentage }} of {{ $labels.service }}", 0.0625, "6.25% of api"],
  ["{{ $value | humanizeDuration }}", 93_784, "1d 2h 3m 4s"],
  ["{{ $value | humanizeDuration }}", 0.0123, "12.3ms"],
  ["{{ $value | humanize }}", 12_345, "12.35k"],
  ["{{ $value }} {{ $labels.nothing }}|", 3, "3 |"],
  ["{{ $value | unknown }}", 3, "{{ $value | unknown }}"],
])("%s with %d is %s", (text, value, filled) => {
  expect(filledSummary(text, { value, labels: { service: "api" } })).toBe(filled);
});

test("a summary without its value is still a sentence", () => {
  expect(summaryWithoutValue("API errors: {{ $value | humanizePercentage }}, the share that failed")).toBe(
    "API errors: the share that failed",
  );
});
