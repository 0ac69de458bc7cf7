import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlertRule } from "../rules/ruleset.ts";
import { type RuleResult, advanceAlerts, rememberedMs } from "./advance.ts";
import { type AlertState, type Transition, noAlerts } from "./alert-state.ts";

const secondsMs = (seconds: number) => seconds * 1_000;

function ruleOf(more: Partial<AlertRule> = {}): AlertRule {
  return {
    kind: "alert",
    name: "API errors",
    id: "ApiErrors",
    expr: "errors > 0",
    forMs: 0,
    keepFiringMs: 0,
    everyMs: 30_000,
    severity: "critical",
    to: ["ops"],
    summary: "{{ $value }} of {{ $labels.service }}",
    labels: { of: "services.api" },
    path: ["alerts", "API errors"],
    ...more,
  };
}

const found = (rule: AlertRule, services: readonly string[], value = 1): RuleResult => ({
  rule,
  outcome: { ok: true, vector: services.map((service) => ({ labels: { service }, value })) },
});
const failed = (rule: AlertRule): RuleResult => ({ rule, outcome: { ok: false, message: "no answer" } });

/** Goes through rounds that are so many seconds apart and tells what happened in each. */
function story(rounds: readonly (readonly [seconds: number, results: readonly RuleResult[]])[]): readonly string[] {
  let state: AlertState = noAlerts;
  return rounds.map(([seconds, results]) => {
    const next = advanceAlerts(state, results, secondsMs(seconds));
    state = next.state;
    return next.transitions.map(({ kind }) => kind).join(" ");
  });
}

describe("waiting", () => {
  test("without a wait it fires at once, and is over at once", () => {
    const rule = ruleOf();
    expect(
      story([
        [0, [found(rule, ["api"])]],
        [30, [found(rule, [])]],
        [60, [found(rule, [])]],
      ]),
    ).toEqual(["firing", "resolved", ""]);
  });

  test("with a wait it is pending until that is over", () => {
    const rule = ruleOf({ forMs: 60_000 });
    const holds = [found(rule, ["api"])];
    expect(
      story([
        [0, holds],
        [30, holds],
        [59, holds],
        [60, holds],
      ]),
    ).toEqual(["pending", "", "", "firing"]);
  });

  test("what stops while it is pending begins again", () => {
    const rule = ruleOf({ forMs: 60_000 });
    const holds = [found(rule, ["api"])];
    expect(
      story([
        [0, holds],
        [30, [found(rule, [])]],
        [60, holds],
        [90, holds],
        [120, holds],
      ]),
    ).toEqual(["pending", "dropped", "pending", "", "firing"]);
  });

  test("it keeps firing for as long as it is told to, counted from when the condition went", () => {
    const rule = ruleOf({ keepFiringMs: 60_000 });
    const gone = [found(rule, [])];
    expect(
      story([
        [0, [found(rule, ["api"])]],
        [30, gone],
        [60, gone],
        [75, [found(rule, ["api"])]],
        [100, gone],
        [130, gone],
        [160, gone],
      ]),
    ).toEqual(["firing", "", "", "", "", "", "resolved"]);
  });

  test("what nobody looked at for an hour does not count as having held", () => {
    const rule = ruleOf({ forMs: 600_000 });
    const holds = [found(rule, ["api"])];
    const after = 300 + 3_600;
    expect(
      story([
        [0, holds],
        [300, holds],
        [after, holds],
        [after + 60, holds],
        [after + 290, holds],
      ]),
    ).toEqual(["pending", "", "", "", "firing"]);
  });
});

describe("what cannot be evaluated", () => {
  test("changes no alert, and is told once", () => {
    const rule = ruleOf();
    expect(
      story([
        [0, [found(rule, ["api"])]],
        [30, [failed(rule)]],
        [60, [failed(rule)]],
        [90, [found(rule, ["api"])]],
        [120, [found(rule, [])]],
      ]),
    ).toEqual(["firing", "failing", "", "recovered", "resolved"]);
  });

  test("is also what gives two series of the same labels", () => {
    const rule = ruleOf();
    const twice: RuleResult = {
      rule,
      outcome: {
        ok: true,
        vector: [
          { labels: { __name__: "a", of: "x" }, value: 1 },
          { labels: { __name__: "b", of: "y" }, value: 1 },
        ],
      },
    };
    const { transitions, state } = advanceAlerts(noAlerts, [twice], 0);
    expect(transitions.map(({ kind }) => kind)).toEqual(["failing"]);
    expect(state.alerts).toEqual({});
  });
});

test("each series is an alert of its own, with its labels, those of the rule and its value", () => {
  const { state } = advanceAlerts(noAlerts, [found(ruleOf(), ["api", "web"], 0.25)], 5);
  expect(Object.values(state.alerts).map(({ labels, summary }) => [labels["service"], summary])).toEqual(
    expect.arrayContaining([
      ["api", "0.25 of api"],
      ["web", "0.25 of web"],
    ]),
  );
  expect(Object.values(state.alerts)[0]?.labels).toMatchObject({
    alertname: "ApiErrors",
    severity: "critical",
    of: "services.api",
  });
});

test("what belongs to an alert that the spec no longer has is over", () => {
  const { state } = advanceAlerts(noAlerts, [found(ruleOf(), ["api"])], 0);
  const { transitions } = advanceAlerts(state, [], 30_000, { rules: [] });
  expect(transitions).toMatchObject([{ kind: "resolved", because: "the spec no longer has the alert" }]);
});

test("a clock that goes back is told, and what was waited stays waited", () => {
  const rule = ruleOf({ forMs: 60_000 });
  const holds = [found(rule, ["api"])];
  expect(
    story([
      [10_000, holds],
      [10_040, holds],
      [5_000, holds],
      [5_019, holds],
      [5_020, holds],
    ]),
  ).toEqual(["pending", "", "clock", "", "firing"]);
});

test("an alert that is over is forgotten after a while", () => {
  const rule = ruleOf();
  let { state } = advanceAlerts(noAlerts, [found(rule, ["api"])], 0);
  ({ state } = advanceAlerts(state, [found(rule, [])], 1_000));
  expect(Object.keys(state.alerts)).toHaveLength(1);
  ({ state } = advanceAlerts(state, [found(rule, [])], 1_001 + rememberedMs));
  expect(state.alerts).toEqual({});
});

describe("whatever happens", () => {
  const rules = [
    ruleOf({ id: "A", forMs: 0 }),
    ruleOf({ id: "B", forMs: 45_000 }),
    ruleOf({ id: "C", forMs: 20_000, keepFiringMs: 50_000 }),
  ] as const;
  const result = fc
    .tuple(fc.constantFrom(...rules), fc.option(fc.subarray(["api", "web", "db"])))
    .map(([rule, services]) => (services === null ? failed(rule) : found(rule, services)));
  const round = fc.record({
    stepMs: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 4_000_000 }) },
    ),
    results: fc.uniqueArray(result, { selector: ({ rule }) => rule.id, maxLength: 3 }),
  });
  const rounds = fc.array(round, { maxLength: 60 });

  function play(
    of: readonly { readonly stepMs: number; readonly results: readonly RuleResult[] }[],
    again: (state: AlertState) => AlertState,
  ) {
    let state: AlertState = noAlerts;
    let nowMs = 1_000_000;
    const all: Transition[] = [];
    for (const { stepMs, results } of of) {
      nowMs += stepMs;
      const next = advanceAlerts(again(state), results, nowMs);
      state = next.state;
      all.push(...next.transitions);
    }
    return { state, all };
  }

  test("nothing resolves that did not fire, and nothing fires twice without having resolved", () => {
    fc.assert(
      fc.property(rounds, (of) => {
        const firing = new Set<string>();
        for (const one of play(of, (state) => state).all) {
          if (one.kind === "firing") {
            if (firing.has(one.alert.fingerprint)) return false;
            firing.add(one.alert.fingerprint);
          }
          if (one.kind === "resolved" && !firing.delete(one.alert.fingerprint)) return false;
          if (one.kind === "dropped" && firing.has(one.alert.fingerprint)) return false;
        }
        return true;
      }),
    );
  });

  test("what fires has been found for as long as its rule waits, and at every round in between", () => {
    fc.assert(
      fc.property(
        fc.array(
          round.filter(({ stepMs }) => stepMs > 0),
          { maxLength: 60 },
        ),
        (of) => {
          let state: AlertState = noAlerts;
          let nowMs = 0;
          const since = new Map<string, number>();
          for (const { stepMs, results } of of) {
            nowMs += stepMs;
            for (const { rule, outcome } of results) {
              if (!outcome.ok) continue;
              const here = new Set(outcome.vector.map(({ labels }) => `${rule.id} ${labels["service"]}`));
              for (const key of here) if (!since.has(key)) since.set(key, nowMs);
              for (const key of since.keys()) if (key.startsWith(`${rule.id} `) && !here.has(key)) since.delete(key);
            }
            const next = advanceAlerts(state, results, nowMs);
            state = next.state;
            for (const one of next.transitions) {
              if (one.kind !== "firing") continue;
              const from = since.get(`${one.alert.rule} ${one.alert.labels["service"]}`);
              const wait = rules.find(({ id }) => id === one.alert.rule)?.forMs ?? 0;
              if (from === undefined || nowMs - from < wait) return false;
            }
          }
          return true;
        },
      ),
    );
  });

  test("a process that starts again in between does the same", () => {
    fc.assert(
      fc.property(rounds, (of) => {
        const straight = play(of, (state) => state);
        const restarted = play(of, (state) => JSON.parse(JSON.stringify(state)) as AlertState);
        expect(restarted).toEqual(straight);
      }),
    );
  });

  test("the state that was given is not written to", () => {
    fc.assert(
      fc.property(rounds, (of) => {
        let state: AlertState = noAlerts;
        let nowMs = 1_000_000;
        for (const { stepMs, results } of of) {
          nowMs += stepMs;
          const before = JSON.stringify(state);
          const next = advanceAlerts(state, results, nowMs);
          expect(JSON.stringify(state)).toBe(before);
          state = next.state;
        }
      }),
    );
  });
});
