import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCase } from "../../src/signals/cases/run-case.ts";
import type { AlertCase } from "../../src/signals/cases/alert-case.ts";
import type { AlertRule, Ruleset } from "../../src/signals/rules/ruleset.ts";
import { onPath } from "../support/on-path.ts";

// Random rules over random series with gaps and ends: whatever promtool says fires at a minute fires here, and nothing else does.
// Debian's promtool is a 2: a sample that is exactly five minutes old still counts there.

const run = promisify(execFile);
const minutes = 60;
const seed = 20260217;

/** Numerical Recipes' generator: the same rules on every machine. */
function createRandom(from: number): (below: number) => number {
  let state = from >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Tried = { readonly rule: AlertRule; readonly series: Readonly<Record<string, string>> };

function tried(count: number): readonly Tried[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at): Tried => {
    const forMs = [0, 0, 1, 2, 5, 10][random(6)] ?? 0;
    const keepMs = [0, 0, 1, 3, 7][random(5)] ?? 0;
    const one = (): string => {
      const parts: string[] = [];
      for (let left = minutes + 1; left > 0;) {
        const many = 1 + random(9);
        const what = ["0", "1", "1", "2", "_", "_", "stale"][random(7)] ?? "0";
        const taken = what === "stale" ? 1 : Math.min(left, many);
        parts.push(what === "stale" ? what : what === "_" ? `_x${taken}` : `${what}x${taken - 1}`);
        left -= taken;
      }
      return parts.join(" ");
    };
    const name = `Tried${at}`;
    return {
      rule: {
        kind: "alert",
        name,
        id: name,
        expr: `level{rule="${at}"} > 0`,
        forMs: forMs * 60_000,
        keepFiringMs: keepMs * 60_000,
        everyMs: 60_000,
        severity: "warning",
        to: [],
        summary: name,
        labels: {},
        path: [],
      },
      series: { [`level{rule="${at}",of="a"}`]: one(), [`level{rule="${at}",of="b"}`]: one() },
    };
  });
}

const all = tried(40);

/** At each minute: which of the two series fire here. */
function firesHere({ rule, series }: Tried): readonly (readonly string[])[] {
  const rules: Ruleset = {
    product: "p",
    environment: "e",
    recordings: [],
    alerts: [rule],
    slos: [],
    everyMs: 60_000,
    leftOut: [],
  };
  const found = Array.from({ length: minutes + 1 }, (): string[] => []);
  for (const [name, values] of Object.entries(series)) {
    const one: AlertCase = {
      alert: rule.name,
      says: "",
      intervalSeconds: 60,
      roundSeconds: 60,
      series: { [name]: values },
      expect: Array.from({ length: minutes }, (_, at) => ({ at: `${at + 1}m`, is: "firing" as const })),
    };
    const quiet = new Set(runCase(rules, one, { prometheus: 2 }).map(({ at }) => at));
    for (let at = 1; at <= minutes; at++) if (!quiet.has(`${at}m`)) found[at]?.push(/of="(\w)"/.exec(name)?.[1] ?? "");
  }
  return found;
}

describe.skipIf(!onPath("promtool"))("alerts fire as Prometheus' do (needs promtool)", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "gantry-alerts-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const check = async (found: readonly (readonly (readonly string[])[])[]): Promise<string> => {
    const some = all.slice(0, found.length);
    const rules = some.map(({ rule }) => ({
      alert: rule.id,
      expr: rule.expr,
      for: `${rule.forMs / 60_000}m`,
      keep_firing_for: `${rule.keepFiringMs / 60_000}m`,
      labels: { severity: rule.severity },
    }));
    await writeFile(path.join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "tried", interval: "1m", rules }] }));
    const tests = some.map(({ rule, series }, index) => ({
      name: rule.id,
      interval: "1m",
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: Array.from({ length: minutes }, (_, at) => ({
        eval_time: `${at + 1}m`,
        alertname: rule.id,
        exp_alerts: (found[index]?.[at + 1] ?? []).map((of) => ({
          exp_labels: { of, rule: String(index), severity: "warning" },
        })),
      })),
    }));
    await writeFile(
      path.join(folder, "tests.json"),
      JSON.stringify({ rule_files: ["rules.json"], evaluation_interval: "1m", tests }),
    );
    try {
      await run("promtool", ["test", "rules", path.join(folder, "tests.json")], { maxBuffer: 64 * 2 ** 20 });
      return "all as expected";
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      return stdout + stderr;
    }
  };

  test(`40 rules over 80 series at each of ${minutes} minutes (seed ${seed})`, async () => {
    const found = all.map(firesHere);
    const times = found.flat().filter((firing) => firing.length > 0).length;
    expect(times).toBeGreaterThan(300);
    expect(await check(found)).toBe("all as expected");
  });

  test("promtool notices a minute more", async () => {
    const [first = []] = all.slice(0, 1).map(firesHere);
    const at = first.findIndex((firing, index) => index > 0 && firing.length === 0);
    expect(await check([first])).toBe("all as expected");
    expect(await check([first.with(at, ["a"])])).toContain("Tried0");
  });
});
