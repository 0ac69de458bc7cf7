import { describe, expect, test } from "vitest";
import * as g from "../src/spec/index.ts";
import { checkSpec } from "./support/spec.ts";

// What a check does beyond the one mistake it is there for. Each mistake by itself is in docs/errors.md, which errors.test.ts runs.

const api = g.service("api");
const lead = g.role("lead", { members: ["lead@example.com"] });

function problems(options: Partial<Parameters<typeof g.product>[1]>): string[] {
  const made = g.product("p", { services: [api], environments: { here: g.local() }, ...options });
  return checkSpec(made).problems.map(
    (one) => `${one.code} ${one.path}${one.environment === undefined ? "" : ` in ${one.environment}`}`,
  );
}

describe("an approval on record is given or pending", () => {
  test.each([
    [{ given: "2026-01-02" }, []],
    [{ pending: true }, []],
    [{ given: "2026-01-02", pending: true }, ["bad-value approvals.go.pending"]],
    [{}, ["missing approvals.go"]],
  ] as const)("%j", (how, wanted) => {
    expect(problems({ approvals: [g.approval("go", { by: lead, ...how })] })).toEqual(wanted);
  });
});

describe("one mistake is told once", () => {
  const tall = g.service("tall", { scale: { min: 5, max: 2 } });

  test("when every environment has it, of none", () => {
    expect(problems({ services: [tall], environments: { first: g.local(), second: g.local() } })).toEqual([
      "min-above-max services.tall.scale.min",
    ]);
  });

  test("when some have it, of those", () => {
    const set = [g.set(api, { scale: { min: 5 } })];
    expect(
      problems({ environments: { first: g.local({ overrides: set }), second: g.local({ overrides: set }), third: g.local() } }),
    ).toEqual(["min-above-max services.api.scale.min in first, second"]);
  });
});

describe("what is fine is let be", () => {
  test("an environment that mirrors production, which waits for it to be green", () => {
    const staging = g.local();
    const made = g.product("p", {
      services: [api],
      environments: {
        staging,
        prod: g.local({ mirrors: { environment: staging }, release: g.rolling({ requires: [staging.green] }) }),
      },
    });
    expect(checkSpec(made).problems).toEqual([]);
  });

  test("a database that production only connects to is backed up by whoever runs it", () => {
    const db = g.postgres("db", { version: 16, external: true });
    const prod = { prod: g.gcp("shop-prod", { production: true }) };
    expect(problems({ services: [g.service("api", { uses: [db] })], environments: prod })).toEqual([]);
  });

  test("burn rates that the target allows, and those that it does not", () => {
    const ops = g.channel.slack("#ops");
    const alert = (target: `${number}%`, factor: number) =>
      problems({
        watch: {
          alerts: [
            g.alert("burns", {
              when: g
                .slo("s", { of: g.errorRate(api), target, over: "30d" })
                .burnRate.over("1h")
                .above(factor),
              severity: "critical",
              to: ops,
            }),
          ],
        },
      });
    expect(alert("99.9%", 14.4)).toEqual([]);
    expect(alert("93.1%", 14.4)).toEqual([]);
    expect(alert("93%", 14.4)).toEqual(["never-fires alerts.burns.when.value in here"]);
    expect(alert("50%", 2)).toEqual(["never-fires alerts.burns.when.value in here"]);
  });
});
