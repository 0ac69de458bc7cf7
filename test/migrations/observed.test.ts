import { describe, expect, test } from "vitest";
import type { Lock } from "../../src/migrations/finding.ts";
import { strength } from "../../src/migrations/proof/locks.ts";
import type { Watched } from "../../src/migrations/proof/observe.ts";
import { packagedServers } from "../../src/targets/local/postgres/find-servers.ts";
import { useObserver } from "../support/observing.ts";
import { ruleCases } from "./rules/all.ts";
import type { RuleCase } from "./rules/case.ts";

// What the rules say of locks and rewrites, held against what Postgres does to tables full of rows.

/** The one that npm brings, and the oldest that is supported where it is installed. */
const versions = [18, ...packagedServers().map(({ major }) => major)].filter((one) => one === 18 || one === 15);

const shared = strength("SHARE");
const plain = (relation: string) => relation.replace(/^public\./, "");
const told = ({ relation, mode }: Pick<Lock, "relation" | "mode">) => `${plain(relation)} ${mode}`;

/** Locks in the way of somebody who reads or writes. An index is looked at where something is claimed of it; nobody writes a view. */
const strong = (seen: Watched) =>
  seen.locks.filter(
    ({ kind, mode }) =>
      (["table", "partitioned"].includes(kind) && strength(mode) >= shared) ||
      (kind === "matview" && mode === "ACCESS EXCLUSIVE"),
  );

const runsAlone = (sql: string) => /\bconcurrently\b|^\s*vacuum\b/i.test(sql);

describe.each([...new Set(versions)])("on Postgres %i", (version) => {
  const observer = useObserver(version);

  const cases = ruleCases.filter((one) => one.versions === undefined || one.versions.some((other) => other === version));
  test.each(cases.filter(({ fails }) => fails !== true))("$rule: $says", async (one) => {
    await observer().prepare(one.before ?? "", one.sql);
    const seen = await observer().observe(one.sql, one.inTransaction !== false);
    const held = new Map<string, Watched["lasts"][]>();
    for (const { statement, seen: did } of seen) {
      for (const { relation, mode } of did.locks)
        held.set(told({ relation, mode }), [...(held.get(told({ relation, mode })) ?? []), did.lasts]);
      const findings = one.finds.filter(({ at }) => isWithin(one, at, statement));
      const claims = findings.flatMap(({ locks }) => locks);
      for (const claim of claims) expect([...held.keys()], `what is claimed of ${statement.text}`).toContain(told(claim));
      for (const { relation, mode } of strong(did)) {
        if (findings.length > 0 || did.lasts !== "instant")
          expect(claims.map(told), `what ${statement.text} locks`).toContain(told({ relation, mode }));
        const lasts = claims.filter((claim) => told(claim) === told({ relation, mode })).map((claim) => claim.lasts);
        for (const each of lasts)
          if (each !== "unknown") expect(each, `how long ${statement.text} locks ${relation}`).toBe(did.lasts);
      }
      const rewrites = findings.flatMap(({ rewrites = [] }) => rewrites);
      expect([...new Set(rewrites.map(plain))].toSorted(), `what ${statement.text} rewrites`).toEqual(did.rewritten.toSorted());
    }
  });

  test.each(cases.filter(({ fails }) => fails === true))("$rule: $says: it is refused", async (one) => {
    await observer().prepare(one.before ?? "");
    await expect(observer().observe(one.sql, one.inTransaction !== false)).rejects.toThrow();
  });

  test.each(cases.filter(({ finds }) => finds.some(({ safe }) => safe !== undefined)))(
    "the safe way of $rule: $says",
    async (one) => {
      for (const { safe } of one.finds) {
        if (safe === undefined) continue;
        await observer().prepare(one.before ?? "", one.sql);
        const fillsItself = safe.some((sql) => /^\s*UPDATE\b/im.test(sql));
        for (const sql of safe) {
          if (!fillsItself) await observer().fillColumns();
          for (const { seen, statement } of await observer().observe(sql, !runsAlone(sql))) {
            expect(seen.rewritten, statement.text).toEqual([]);
            if (seen.lasts !== "instant")
              expect(strong(seen).map(told), `${statement.text} takes as long as there are rows`).toEqual([]);
          }
        }
      }
    },
  );
});

function isWithin({ sql }: RuleCase, at: string, { from, to }: { readonly from: number; readonly to: number }): boolean {
  for (let index = sql.indexOf(at); index !== -1; index = sql.indexOf(at, index + 1))
    if (index >= from && index < to) return true;
  return false;
}
