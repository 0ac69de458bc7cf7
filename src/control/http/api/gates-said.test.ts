import { describe, expect, test } from "vitest";
import type { Release } from "../../../delivery/release.ts";
import { readSaid } from "./gates-said.ts";

const plan = {
  steps: [
    { name: "20%", gates: [{ gate: "health", id: "20%: health" }] },
    { name: "100%", gates: [{ gate: "compare", id: "100%: compare" }] },
  ],
  watches: [{ gate: "signal", id: "watch 1" }],
};
const release = (at: number) => ({ id: "r", product: "shop", plan, at }) as unknown as Release;
const told = (kind: string, atMs: number, data: object, because: string | null = null) => ({
  kind,
  at: new Date(atMs),
  because,
  data,
  actor: "ada",
  actorKind: "person" as const,
  actorKnown: "login" as const,
});
const pass = { verdict: "pass", because: "it answers", atMs: 15 };
const fail = { verdict: "fail", because: "4 of 10 failed", atMs: 40, evidence: { value: 0.4 } };

describe("what gates said of a release, read from the log", () => {
  test("is the last word of each, with the step at which it was said", () => {
    const events = [
      told("release.step", 10, { step: 0 }),
      told("release.gate", 15, { gate: "20%: health", answer: { ...pass, verdict: "inconclusive" } }),
      told("release.gate", 16, { gate: "20%: health", answer: pass }),
      told("release.step", 30, { step: 1 }),
    ];
    const { said, reached, turned } = readSaid(release(1), events);
    expect(said).toEqual({ "20%: health": { ...pass, step: 0 } });
    expect(reached).toEqual([
      { step: 0, atMs: 10 },
      { step: 1, atMs: 30 },
    ]);
    expect(turned).toBeUndefined();
  });

  test("has the gate and the numbers that turned it back, also where it was a watch that had said nothing before", () => {
    const events = [
      told("release.step", 10, { step: 0 }),
      told("release.reverting", 41, { gate: "watch 1", answer: fail }, "4 of 10 failed"),
    ];
    const { said, turned } = readSaid(release(0), events);
    expect(said["watch 1"]).toEqual({ ...fail, step: 0 });
    expect(turned).toEqual({ atMs: 41, step: 0, because: "4 of 10 failed", gate: "watch 1", answer: fail });
  });

  test("knows a comparison by the gate of the step, a crash by its last lines, and a person by name", () => {
    const compared = readSaid(release(1), [told("release.reverting", 41, { answer: fail }, "worse")]);
    expect(compared.turned?.gate).toBe("100%: compare");
    const crashed = readSaid(release(0), [
      told("release.reverting", 41, { restarts: 4, tail: ["no config"] }, "restarted 4 times"),
    ]);
    expect(crashed.turned).toMatchObject({ restarts: 4, tail: ["no config"] });
    expect(crashed.turned?.by).toBeUndefined();
    const aborted = readSaid(release(0), [told("release.aborted", 40, {}), told("release.reverting", 41, {}, "ada aborted it")]);
    expect(aborted.turned?.by).toEqual({ kind: "person", name: "ada", known: "login" });
  });
});
