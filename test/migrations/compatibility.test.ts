import { mkdirSync, mkdtempSync, rmSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Proof } from "../../src/migrations/proof/prove.ts";
import { provisionDatabase, databaseUrl } from "../../src/targets/local/postgres/databases.ts";
import { applyMigrations } from "../../src/migrations/run/apply.ts";
import { readMigrations } from "../../src/migrations/files/read-folder.ts";
import { recordStatements } from "../../src/targets/local/postgres/record-statements.ts";
import { ensurePostgres, removePostgres } from "../../src/targets/local/postgres/server.ts";
import { createServices, until } from "../support/examples-services.ts";
import { gantry, root } from "../support/gantry.ts";
import { query } from "../support/examples-postgres.ts";

test("what ByteReview's services really send is held against a schema that is to come", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-queries-"));
  const services = createServices();
  onTestFinished(async () => {
    await services.stopAll();
    await removePostgres(path.join(folder, "pg"));
    rmSync(folder, { recursive: true, force: true });
  });
  const server = await ensurePostgres({ folder: path.join(folder, "pg") });
  const role = (name: string, kind: "service" | "migrator") => ({ name, password: name, kind });
  const [service, migrator] = [role("service", "service"), role("migrator", "migrator")];
  const spec = { database: "bytereview", owner: "owner", roles: [service, migrator] };
  await provisionDatabase(server, spec);
  const shipped = path.join(root, "examples/bytereview/migrations");
  const migrations = readMigrations(shipped);
  await applyMigrations({ url: databaseUrl(server, migrator, "bytereview"), migrations, role: "owner" });
  await provisionDatabase(server, spec);
  const url = databaseUrl(server, service, "bytereview");
  const api = await services.start("bytereview:api", { DATABASE_URL: url });
  await services.start("bytereview:worker", { DATABASE_URL: url, GANTRY_SERVICE: "worker-extract" }, ["extraction"]);

  const statements = await recordStatements({ server, folder: path.join(folder, "pg"), databases: ["bytereview"] }, async () => {
    const headers = { "x-user-id": "ada" };
    const { body } = await api.ask("POST /api/documents", { headers, body: { name: "secret-name.txt", text: "words" } });
    await until(async () => (await api.ask(`GET /api/progress/${String(body["run"])}`)).body["state"] === "done");
    await api.ask("GET /api/documents", { headers });
    await api.ask(`GET /api/documents/${String(body["id"])}`, { headers });
    await query(databaseUrl(server, migrator, "postgres"), "SELECT 'of another database'").catch(() => undefined);
  });
  expect(statements.some((sql) => /insert into documents/i.test(sql))).toBe(true);
  expect(statements.some((sql) => /update runs/i.test(sql))).toBe(true);
  // Values never, and nobody else's.
  expect(statements.join("\n")).not.toMatch(/secret-name|another database/);

  const next = path.join(folder, "migrations");
  mkdirSync(next);
  cpSync(shipped, next, { recursive: true });
  writeFileSync(path.join(folder, "queries.sql"), statements.map((sql) => `${sql};\n`).join(""));
  writeFileSync(path.join(next, "0005_language.up.sql"), "ALTER TABLE documents ADD COLUMN language text NOT NULL DEFAULT 'en';");
  writeFileSync(path.join(next, "0005_language.down.sql"), "ALTER TABLE documents DROP COLUMN language;");
  writeFileSync(
    path.join(next, "0006_owner.up.sql"),
    "ALTER TABLE documents RENAME COLUMN uid TO owner;\nALTER TABLE jobs ADD COLUMN host text NOT NULL DEFAULT '';\nALTER TABLE jobs ALTER COLUMN host DROP DEFAULT;",
  );
  writeFileSync(
    path.join(next, "0006_owner.down.sql"),
    "ALTER TABLE documents RENAME COLUMN owner TO uid;\nALTER TABLE jobs DROP COLUMN host;",
  );
  const ran = await gantry(
    ["migrate", "prove", next, "--only", "5", "--only", "6", "--queries", "queries.sql", "--rows", "50", "--json"],
    { cwd: folder },
  );
  expect(ran.status).toBe(1);
  const { folders } = JSON.parse(ran.out) as { folders: readonly { proof: Proof }[] };
  const [expand, contract] = folders[0]?.proof.proved ?? [];
  expect(expand?.compatibility).toMatchObject({ broken: [], neither: [], fine: statements.length });
  expect(expand?.compatibility?.ran).toBeGreaterThan(statements.length / 2);
  const errors = contract?.compatibility?.broken.map(({ error }) => error) ?? [];
  expect(errors).toContain('column "uid" of relation "documents" does not exist');
  expect(errors).toContain('null value in column "host" of relation "jobs" violates not-null constraint');
}, 120_000);
