import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type TestDatabase, type TestPostgres, installedPostgres, startPostgres } from "./examples-postgres.ts";
import { type Services, createServices } from "./examples-services.ts";
import { root } from "./gantry.ts";

const bin = installedPostgres();
/** For `describe.skipIf`: these tests need a Postgres that is installed. */
export const noPostgres = bin === undefined;

export type Examples = Services & { readonly database: (example: string) => Promise<TestDatabase> };

/** Services and databases for the tests of one file; all of it is gone afterwards. */
export function useExamples(): Examples {
  const services = createServices();
  let postgres: TestPostgres | undefined;
  beforeAll(async () => {
    if (bin !== undefined) postgres = await startPostgres(bin);
  });
  afterAll(async () => {
    await services.stopAll();
    await postgres?.stop();
  });
  return {
    ...services,
    database: async (example) => {
      if (!postgres) throw new Error("no Postgres is installed here");
      return postgres.database(path.join(root, "examples", example, "migrations"));
    },
  };
}
