import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type TestDatabase, type TestPostgres, startPostgres } from "./examples-postgres.ts";
import { type Services, createServices } from "./examples-services.ts";
import { root } from "./gantry.ts";

export type Examples = Services & { readonly database: (example: string) => Promise<TestDatabase> };

/** Services and databases for the tests of one file; all of it is gone afterwards. */
export function useExamples(): Examples {
  const services = createServices();
  let postgres: TestPostgres | undefined;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await services.stopAll();
    await postgres?.stop();
  });
  return {
    ...services,
    database: async (example) => {
      if (!postgres) throw new Error("Postgres has not been started");
      return postgres.database(path.join(root, "examples", example, "migrations"));
    },
  };
}
