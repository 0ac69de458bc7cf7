import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Environment } from "../../src/spec/environment.ts";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type TestDatabase, type TestPostgres, startPostgres } from "../support/examples-postgres.ts";
import { root } from "../support/gantry.ts";
import { onPath } from "../support/on-path.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// scripts/provision-sandbox-tenant.sh of proveniq-ledger, run against a real Postgres with the example's migrations.

const script = "scripts/provision-sandbox-tenant.sh";
const example = path.join(root, "examples/proveniq-ledger");

describe.skipIf(!onPath("psql"))("provision-sandbox-tenant.sh (with psql)", () => {
  let server: TestPostgres;
  let db: TestDatabase;
  let open: Written;
  let closed: Written;
  beforeAll(async () => {
    server = await startPostgres();
    db = await server.database(path.join(example, "migrations"));
    const subject = await subjectOf("proveniq-ledger");
    const approved = (one: Environment): Environment => ({
      ...one,
      approvals: { ...one.approvals, CTO: { ...one.approvals["CTO"], by: { ref: "roles.CTO" }, given: "2025-01-15" } },
    });
    open = withStatements(written(scripts({ ...subject, environments: subject.environments.map(approved) })));
    closed = withStatements(written(scripts(subject)));
  });
  afterAll(async () => {
    open.remove();
    closed.remove();
    await server.stop();
  });

  function withStatements(files: Written): Written {
    const statements = script.replace(".sh", ".sql");
    copyFileSync(path.join(example, statements), files.at(statements));
    return files;
  }

  function run(files: Written, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return spawnSync("bash", [files.at(script), ...words], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: db.url, ...env },
      input: "",
    });
  }
  const provision = (name: string, ...words: string[]) => run(open, ["--name", name, "--yes", "--json", ...words]);
  const made = (name: string, ...words: string[]) => {
    const ran = provision(name, ...words);
    expect(ran.status, ran.stderr).toBe(0);
    return JSON.parse(ran.stdout) as { partnerId: string; apiKey: string };
  };
  const partners = (name: string) =>
    db.asOwner<{ id: string; key_hash: Buffer; demo: boolean; claims: number; entries: number }>(
      `select p.id, key_hash, demo, count(distinct c.id)::int as claims, count(e.id)::int as entries
       from partners p left join claims c on c.partner_id = p.id left join entries e on e.claim_id = c.id
       where p.name = '${name.replaceAll("'", "''")}' group by p.id`,
    );

  test("makes a partner with its key's hash and ten claims, and prints who it is", async () => {
    const { partnerId, apiKey } = made("Acme Insurance");
    expect(apiKey).toMatch(/^plk_[0-9a-f]{48}$/);
    const key_hash = createHash("sha256").update(apiKey).digest();
    expect(await partners("Acme Insurance")).toEqual([{ id: partnerId, key_hash, demo: false, claims: 10, entries: 10 }]);
    const { stdout } = run(open, ["--name=For eyes", "--yes"]);
    expect(stdout).toMatch(/^partnerId {3}[0-9a-f-]{36}\nAPI key {5}plk_[0-9a-f]{48}\n$/);
  });

  test("a name that is there is left as it is, and gets another key only when asked", async () => {
    const first = made("Bolt");
    const again = provision("Bolt");
    expect(again).toMatchObject({ status: 3, stdout: "" });
    expect(again.stderr).toContain(`Bolt is there already, as ${first.partnerId}`);
    const second = made("Bolt", "--new-key");
    expect(second.partnerId).toBe(first.partnerId);
    expect(second.apiKey).not.toBe(first.apiKey);
    const [row, ...others] = await partners("Bolt");
    expect(others).toEqual([]);
    expect(row).toMatchObject({ claims: 10, key_hash: createHash("sha256").update(second.apiKey).digest() });
  });

  test.each(["O'Hara & Sons", '"; drop table partners; --', "$(touch /tmp/x) `id`", "back\\slash", ":name"])(
    "%j stays a name",
    async (name) => {
      const { partnerId } = made(name);
      expect(await partners(name)).toMatchObject([{ id: partnerId }]);
    },
  );

  test("lets nobody from outside in while an approval is pending, and a tenant of our own at any time", async () => {
    const refused = run(closed, ["--name=Early", "--yes"]);
    expect(refused).toMatchObject({ status: 4, stdout: "" });
    expect(refused.stderr).toContain("opening the sandbox to partners awaits the approval of CTO");
    expect(await partners("Early")).toEqual([]);
    expect(run(closed, ["--name=Ours", "--internal", "--yes"]).status).toBe(0);
    expect(await partners("Ours")).toMatchObject([{ demo: true, claims: 10 }]);
  });

  test("leaves nothing behind when it fails, and asks before it acts", async () => {
    expect(provision("x".repeat(201)).status).not.toBe(0);
    expect(await partners("x".repeat(201))).toEqual([]);
    expect(run(open, ["--name=Unasked"])).toMatchObject({ status: 2, stdout: "" });
    expect(run(open, ["--name=Unasked", "--dry-run"]).status).toBe(0);
    expect(await partners("Unasked")).toEqual([]);
    expect(run(open, ["--nmae=x"]).status).toBe(2);
    expect(run(open, ["--name=x", "--yes"], { DATABASE_URL: "nowhere" }).status).toBe(2);
  });
});
