import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./support/gantry.ts";
import { type TestDatabase, type TestPostgres, installedPostgres, startPostgres } from "./support/examples-postgres.ts";
import { type RunningService, createServices, until } from "./support/examples-services.ts";

const bin = installedPostgres();
const services = createServices();
let postgres: TestPostgres | undefined;

beforeAll(async () => {
  if (bin) postgres = await startPostgres(bin);
});
afterAll(async () => {
  await services.stopAll();
  await postgres?.stop();
});

async function database(example: string): Promise<TestDatabase> {
  if (!postgres) throw new Error("no Postgres");
  return postgres.database(path.join(root, "examples", example, "migrations"));
}

describe.skipIf(!bin)("the ledger (needs an installed Postgres)", () => {
  let api: RunningService;
  let db: TestDatabase;
  beforeAll(async () => {
    db = await database("proveniq-ledger");
    api = await services.start("proveniq-ledger:api", {
      DATABASE_URL: db.url,
      ENABLE_WEBHOOKS: "true",
      ENABLE_DEMO_DATA_GENERATOR: "true",
      MOCK_GEMINI_AI: "true",
    });
  });
  const partner = async (): Promise<{ authorization: string }> => {
    const { body, status } = await api.ask("POST /v1/demo-data");
    expect(status).toBe(201);
    return { authorization: `Bearer ${String(body["apiKey"])}` };
  };

  test("x", async () => {
    const headers = await partner();
    expect((await api.ask("GET /health")).status).toBe(200);
    expect((await api.ask("GET /health/ready")).status).toBe(200);
    const { body } = await api.ask("GET /v1/claims?limit=3", { headers });
    expect(body["claims"]).toHaveLength(3);
    console.log(api.text(), await api.metrics());
  });
});
