import { describe, expect, test } from "vitest";
import { lintMigrations } from "../../src/migrations/lint/lint.ts";
import type { Choice } from "../../src/migrations/lint/choice.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";
import { rules } from "../../src/migrations/rules/all.ts";
import { postgresVersions } from "../../src/migrations/rules/rule.ts";
import { ruleCases } from "./rules/all.ts";

/** All rules, but advice of other families than that of the case; one that is off is on in its own. */
function askedIn(rule: string): Choice {
  const own = rules.find(({ id }) => id === rule);
  const others = rules.filter(({ severity, family }) => severity === "advice" && family !== own?.family);
  return new Map([...others.map(({ id }) => [id, "off"] as const), [rule, "on"] as const]);
}

describe.each(ruleCases)("$rule: $says", ({ rule, before, sql, inTransaction, versions = postgresVersions, finds }) => {
  test.each(versions)("on Postgres %i", async (version) => {
    const shipped = migrationOf("0001_before.sql", before ?? "");
    const migration = migrationOf("0002_change.sql", inTransaction === false ? `${sql}\n-- gantry: no transaction` : sql);
    const linted = await lintMigrations([shipped, migration], {
      version,
      isShipped: (one) => one === shipped,
      choice: askedIn(rule),
    });
    expect(
      linted[0]?.findings.map((one) => ({
        rule: one.rule,
        at: sql.slice(one.from.offset, one.to.offset),
        locks: one.locks,
        ...(one.rewrites.length > 0 ? { rewrites: one.rewrites } : {}),
        ...(one.safe ? { safe: one.safe.steps.map((step) => step.sql) } : {}),
      })),
    ).toEqual(finds.map((one) => (one.rule.endsWith("-in-same-transaction") ? expect.objectContaining(one) : one)));
  });
});

test.each(rules.map(({ id }) => id))("%s has a case that it finds and one that it leaves alone", (id) => {
  const own = ruleCases.filter(({ rule }) => rule === id);
  expect(own.some(({ finds }) => finds.some(({ rule }) => rule === id))).toBe(true);
  expect(own.some(({ finds }) => finds.length === 0)).toBe(true);
});

test("every safe way is one that the rules have nothing against", async () => {
  for (const { rule: own, before, finds, sql, versions = postgresVersions } of ruleCases) {
    const version = versions.at(-1) ?? 18;
    for (const { rule } of finds) {
      const files = [migrationOf("0001_before.sql", before ?? ""), migrationOf("0002_change.sql", sql)];
      const [, judged] = await lintMigrations(files, { version });
      const steps =
        judged?.findings.find((one) => one.rule === rule)?.safe?.steps.filter(({ release }) => release === "this") ?? [];
      const safe = steps.map((one, nth) =>
        migrationOf(`000${nth + 2}_safe.sql`, one.inTransaction ? one.sql : `${one.sql}\n-- gantry: no transaction`),
      );
      const linted = await lintMigrations([migrationOf("0001_before.sql", before ?? ""), ...safe], {
        version,
        isShipped: ({ name }) => name.startsWith("0001"),
        together: true,
        choice: askedIn(own),
      });
      const found = linted.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== "advice"));
      expect(found.map((one) => `${one.file}: ${one.rule}`)).toEqual([]);
    }
  }
});
