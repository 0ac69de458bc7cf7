import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { lintMigrations } from "../../src/migrations/lint/lint.ts";
import { migrationOf } from "../../src/migrations/files/by-itself.ts";
import { root } from "../support/gantry.ts";

// Another linter on the same files: each disagreement stands in docs/migrations.md, with its reason.

const corpus = path.join(root, "test/migrations/corpus");
const files = readdirSync(corpus).filter((name) => name.endsWith(".sql"));

function squawkBinary(): string | undefined {
  try {
    const file = createRequire(import.meta.url).resolve(`@squawk-cli/${process.platform}-${process.arch}/bin/squawk`);
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** What the two call the same. */
const same: Readonly<Record<string, readonly string[]>> = {
  "require-concurrent-index-creation": ["index-not-concurrently"],
  "require-concurrent-index-deletion": ["drop-index-not-concurrently"],
  "require-concurrent-reindex": ["reindex-not-concurrently"],
  "require-concurrent-partition-detach": ["detach-not-concurrently"],
  "ban-concurrent-index-creation-in-transaction": ["concurrently-in-transaction"],
  "adding-field-with-default": ["add-column-volatile-default", "add-column-generated-stored", "add-column-serial"],
  "adding-required-field": ["add-column-not-null"],
  "adding-not-nullable-field": ["set-not-null"],
  "ban-drop-not-null": ["drop-not-null"],
  "changing-column-type": ["change-column-type"],
  "renaming-column": ["rename-column"],
  "renaming-table": ["rename-table"],
  "ban-drop-column": ["drop-column"],
  "ban-drop-table": ["drop-table"],
  "ban-drop-database": ["drop-database"],
  "ban-truncate-cascade": ["truncate"],
  "adding-foreign-key-constraint": ["foreign-key-validated"],
  "constraint-missing-not-valid": [
    "check-validated",
    "foreign-key-validated",
    "validate-in-same-transaction",
    "unique-not-concurrently",
    "primary-key-not-concurrently",
    "exclusion-constraint",
  ],
  "disallowed-unique-constraint": ["unique-not-concurrently"],
  "adding-serial-primary-key-field": ["primary-key-not-concurrently"],
  "ban-create-domain-with-constraint": ["create-domain-constrained"],
  "ban-alter-domain-with-add-constraint": ["domain-constraint"],
  "require-enum-value-ordering": ["enum-value-order"],
  "prefer-robust-stmts": ["not-rerunnable"],
  "prefer-bigint-over-int": ["key-integer"],
  "prefer-bigint-over-smallint": ["key-integer"],
  "prefer-identity": ["type-serial", "add-column-serial"],
  "prefer-text-field": ["type-varchar"],
  "prefer-timestamp-tz": ["type-timestamp"],
  "ban-char-field": ["type-char"],
  "transaction-nesting": ["nested-transaction"],
  "ban-uncommitted-transaction": ["uncommitted"],
  "require-lock-timeout": ["no-lock-timeout"],
  "require-statement-timeout": ["no-statement-timeout"],
};

type Said = ReadonlyMap<string, ReadonlySet<string>>;

function group(all: readonly (readonly [place: string, rule: string])[]): Said {
  const said = new Map<string, Set<string>>();
  for (const [place, rule] of all) said.set(place, (said.get(place) ?? new Set()).add(rule));
  return said;
}

function squawkSays(binary: string): Said {
  return group(
    files.flatMap((name) => {
      const own = readFileSync(path.join(corpus, name), "utf8").includes("gantry: no transaction");
      const args = [
        "--reporter",
        "json",
        "--pg-version",
        "18.0",
        ...(own ? [] : ["--assume-in-transaction"]),
        path.join(corpus, name),
      ];
      const found = JSON.parse(output(binary, args)) as readonly { readonly line: number; readonly rule_name: string }[];
      return found.map(({ line, rule_name }) => [`${name}:${line + 1}`, rule_name] as const);
    }),
  );
}

/** It ends with 1 where it finds something. */
function output(binary: string, args: readonly string[]): string {
  try {
    return execFileSync(binary, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    const { status, stdout } = error as { readonly status: number; readonly stdout: string };
    if (status !== 1) throw error;
    return stdout;
  }
}

async function gantrySays(): Promise<Said> {
  const timeouts = ["no-lock-timeout", "no-statement-timeout"].map((id) => [id, "on"] as const);
  const all: (readonly [string, string])[] = [];
  for (const name of files) {
    const migration = migrationOf(name, readFileSync(path.join(corpus, name), "utf8"));
    const linted = await lintMigrations([migration], { version: 18, choice: new Map(timeouts) });
    for (const { findings } of linted) for (const { rule, from } of findings) all.push([`${name}:${from.line}`, rule]);
  }
  return group(all);
}

function disagreements(theirs: Said, ours: Said): readonly string[] {
  const missed = [...theirs].flatMap(([place, rules]) =>
    [...rules].filter((rule) => !same[rule]?.some((one) => ours.get(place)?.has(one))).map((rule) => `squawk ${rule} ${place}`),
  );
  const more = [...ours].flatMap(([place, rules]) => {
    const known = [...(theirs.get(place) ?? [])].flatMap((rule) => same[rule] ?? []);
    return [...rules].filter((rule) => !known.includes(rule)).map((rule) => `Gantry ${rule} ${place}`);
  });
  return [...missed, ...more].toSorted();
}

const binary = squawkBinary();

test.skipIf(binary === undefined)("each disagreement with squawk is explained", async () => {
  const page = readFileSync(path.join(root, "docs/migrations.md"), "utf8");
  const rows = [...page.matchAll(/^\| (squawk|Gantry) +\| `([a-z-]+)` +\| ([^|]+?) +\| \S.*\|$/gm)];
  const explained = rows.flatMap(([, who, rule, places]) =>
    (places ?? "").split(/,\s*/).map((place) => `${who} ${rule} ${place.replace(/^([a-z]+):/, "$1.sql:")}`),
  );
  expect(disagreements(squawkSays(binary ?? ""), await gantrySays())).toEqual(explained.toSorted());
});
