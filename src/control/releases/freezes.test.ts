import { describe, expect, test } from "vitest";
import type { Environment } from "../../spec/environment.ts";
import type { FreezeRow } from "../../store/releases.ts";
import { activeFreezes } from "./freezes.ts";

type Freezes = Environment["freezes"];
const holidays: Freezes = { holidays: { from: "2026-12-23", until: "2027-01-02T06:00Z", because: "nobody is here" } };
const weekends: Freezes = { weekends: { from: "0 18 * * 5", until: "0 8 * * 1", because: "nobody is here" } };
const at = (text: string) => Date.parse(text);
const names = (freezes: Freezes, moment: string, rows: readonly FreezeRow[] = [], action: "release" | "rollback" = "release") =>
  activeFreezes(freezes, rows, action, at(moment)).frozen.map(({ name }) => name);
const row = (more: Partial<FreezeRow>): FreezeRow => ({
  id: "1",
  environment: "prod",
  lifts: null,
  stops: ["release"],
  from: new Date("2026-12-24T10:00Z"),
  until: new Date("2026-12-24T12:00Z"),
  because: "the outage",
  actor: "lead",
  ...more,
});

describe("a freeze between two moments", () => {
  test.each([
    ["2026-12-22T23:59:59Z", []],
    ["2026-12-23T00:00:00Z", ["holidays"]],
    ["2027-01-02T05:59:59Z", ["holidays"]],
    ["2027-01-02T06:00:00Z", []],
  ])("%s", (moment, held) => {
    expect(names(holidays, moment)).toEqual(held);
  });
});

describe("a freeze that comes again", () => {
  test.each([
    ["Friday before", "2026-11-20T17:59:00Z", []],
    ["Friday evening", "2026-11-20T18:00:30Z", ["weekends"]],
    ["Sunday", "2026-11-22T12:00:00Z", ["weekends"]],
    ["Monday early", "2026-11-23T07:59:00Z", ["weekends"]],
    ["Monday", "2026-11-23T08:00:30Z", []],
  ])("%s", (_, moment, held) => {
    expect(names(weekends, moment)).toEqual(held);
  });
});

test("the way back is stopped only where the spec says so", () => {
  expect(names(holidays, "2026-12-24T11:00Z", [], "rollback")).toEqual([]);
  const strict: Freezes = { audit: { from: "2026-12-23", until: "2027-01-02", because: "auditors", stops: ["rollback"] } };
  expect(names(strict, "2026-12-24T11:00Z", [], "rollback")).toEqual(["audit"]);
  expect(names(strict, "2026-12-24T11:00Z")).toEqual([]);
});

test("one that is lifted is told with who lifted it, for what was lifted and as long as it is", () => {
  const lift = row({ lifts: "holidays" });
  expect(activeFreezes(holidays, [lift], "release", at("2026-12-24T11:00Z"))).toEqual({
    frozen: [],
    lifted: [{ name: "holidays", by: "lead", because: "the outage", until: "2026-12-24 12:00 UTC" }],
  });
  expect(names(holidays, "2026-12-24T12:00Z", [lift])).toEqual(["holidays"]);
  expect(names(holidays, "2026-12-24T11:00Z", [row({ lifts: "holidays", stops: ["migrate"] })])).toEqual(["holidays"]);
});

test("what somebody has begun stops what it says, from its beginning to its end", () => {
  expect(names({}, "2026-12-24T10:00Z", [row({})])).toEqual(["the freeze of lead"]);
  expect(names({}, "2026-12-24T10:00Z", [row({})], "rollback")).toEqual([]);
  expect(names({}, "2026-12-24T12:00Z", [row({})])).toEqual([]);
});
