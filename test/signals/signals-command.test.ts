import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { exampleFile, gantry } from "../support/gantry.ts";

const json = async (...args: readonly string[]) => {
  const { status, out, err } = await gantry(["signals", ...args, "--json"]);
  expect(err).toBe("");
  return { status, said: JSON.parse(out) as Record<string, unknown> };
};

describe("gantry signals check", () => {
  test("says of each alert what it asks, whom it tells and what holds it", async () => {
    const { status, said } = await json("check", "prod", "-c", exampleFile("bytereview"));
    expect(status).toBe(0);
    const [prod] = said["environments"] as { alerts: { name: string; held: unknown }[]; recordings: unknown[] }[];
    expect(prod?.recordings).toHaveLength(2);
    const held = Object.fromEntries((prod?.alerts ?? []).map((one) => [one.name, one.held]));
    expect(held["API errors"]).toEqual([{ by: "Cloud Monitoring", exactness: { is: "exact" } }]);
    expect(held["Cold starts"]).toMatchObject([{ exactness: { is: "approximate", reason: expect.stringContaining("buckets") } }]);
    expect(held["API burns 1× over 3d"]).toMatchObject([{ exactness: { is: "refused", reason: expect.stringContaining("3d") } }]);
  });

  test("tells what is left out, and why", async () => {
    const { out, status } = await gantry(["signals", "check", "ci", "-c", exampleFile("cpa-platform")]);
    expect(status).toBe(0);
    expect(out).toContain("– Certificate expiry  left out: backend has no host of its own in ci");
    expect(out).toMatch(
      /^ {2}DB replication lag {2}critical · at once · every 30s · to pagerduty cpa-platform · runbook RB-01\n {4}max by .*> 30$/m,
    );
  });

  test("warns of alerts by name, and that is no failure", async () => {
    const args = ["check", "prod", "-c", exampleFile("bytereview")];
    const { status, out } = await gantry(["signals", ...args]);
    expect(status).toBe(0);
    expect(out).toMatch(/^ {2}! no runbook says what to do: API errors, .*Redis memory$/m);
    const { said } = await json(...args);
    const [prod] = said["environments"] as { warnings: unknown[] }[];
    expect(prod?.warnings).toContainEqual({ alert: "API errors", kind: "no-runbook", says: "no runbook says what to do" });
  });

  test.each([
    [["chekc"], 'did you mean "check"?'],
    [["test", "prdo"], 'did you mean "prod"?'],
  ])("%j is answered with %s", async (args, words) => {
    const { status, err } = await gantry(["signals", ...args, "-c", exampleFile("bytereview")]);
    expect(status).toBe(2);
    expect(err).toContain(words);
  });
});

describe("gantry signals test", () => {
  test("tries every alert of an environment out", async () => {
    const { status, said } = await json("test", "production", "-c", exampleFile("ai-governance"));
    expect(status).toBe(0);
    const alerts = said["alerts"] as { name: string; is: string }[];
    expect(alerts.filter(({ is }) => is !== "passed")).toEqual([]);
    expect(alerts.map(({ name }) => name)).toContain("Backup failed: not measured");
  });

  test("names what it cannot try out, and why", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-signals-"));
    try {
      const file = path.join(folder, "gantry.config.ts");
      writeFileSync(
        file,
        `import { alert, channel, local, product, promql, service } from "gantry";
const alerts = [alert("Ratio", { when: promql("a / b").above(1), severity: "high", to: channel.slack("#ops") })];
export default product("shop", { services: [service("api")], watch: { alerts }, environments: { dev: local() } });
`,
      );
      const { status, out } = await gantry(["signals", "test", "-c", file]);
      expect(out).toContain("– Ratio  not generated: it is made of several series by /");
      expect(out).toContain("✓ 0 of 1 alert as they should, 1 not generated");
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
