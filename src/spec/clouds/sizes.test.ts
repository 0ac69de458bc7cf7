import { expect, test } from "vitest";
import { elasticacheSizeProblem, fargateSizeProblem, rdsSizeProblem } from "./aws.ts";
import { azureDatabaseSizeProblem } from "./azure.ts";
import { cloudRunSizeProblem, gcpDatabaseSizeProblem } from "./gcp.ts";

test.each([
  ["db-f1-micro", true],
  ["db-custom-1-3840", true],
  ["db-custom-4-15360", true],
  ["db-custom-96-638976", true],
  ["db-custom-3-7680", false],
  ["db-custom-1-3841", false],
  ["db-custom-4-1024", false],
  ["db-custom-1-9999999", false],
  ["db-n1-standard-1", false],
])("Cloud SQL %s: %s", (size, exists) => expect(gcpDatabaseSizeProblem(size) === undefined).toBe(exists));

test("what Cloud SQL is told to use instead exists", () => {
  for (const size of ["db-custom-3-7680", "db-custom-1-3841", "db-custom-4-1024", "db-custom-2-999999", "db-custom-97-400000"]) {
    const suggestion = /db-custom-\d+-\d+/.exec(gcpDatabaseSizeProblem(size)?.hint ?? "")?.[0] ?? "";
    const again = gcpDatabaseSizeProblem(suggestion);
    expect(again && /CPU or an even/.test(again.message), size).toBeFalsy();
  }
});

test.each([
  ["db.r6g.large", true],
  ["db.t4g.micro", true],
  ["db.r6g.huge", false],
  ["db.z9.large", false],
  ["r6g.large", false],
  ["db.r6g.large.x", false],
  ["db.constructor.name", false],
])("RDS %s: %s", (size, exists) => expect(rdsSizeProblem(size) === undefined).toBe(exists));

test.each([
  ["cache.r6g.large", true],
  ["cache.t4g.large", false],
  ["db.r6g.large", false],
])("ElastiCache %s: %s", (size, exists) => expect(elasticacheSizeProblem(size) === undefined).toBe(exists));

test.each([
  ["B_Standard_B1ms", true],
  ["GP_Standard_D2ds_v5", true],
  ["MO_Standard_E4ds_v5", true],
  ["GP_Standard_D3ds_v5", false],
  ["Standard_D2ds_v5", false],
])("Azure %s: %s", (size, exists) => expect(azureDatabaseSizeProblem(size) === undefined).toBe(exists));

test.each([
  [2, "4Gi", true],
  [1, "2Gi", true],
  [0.25, "512Mi", true],
  [0.25, "1536Mi", false],
  [2, "2Gi", false],
  [3, "8Gi", false],
  [8, "18Gi", false],
])("Fargate %d CPU with %s: %s", (cpu, memory, exists) => expect(fargateSizeProblem(cpu, memory) === undefined).toBe(exists));

test.each([
  [1, "512Mi", true],
  [0.5, "1Gi", true],
  [0.5, "2Gi", false],
  [0.25, "1Gi", false],
  [4, "1Gi", false],
  [4, "16Gi", true],
  [3, "2Gi", false],
  [8, "2Gi", false],
])("Cloud Run %d CPU with %s: %s", (cpu, memory, exists) => expect(cloudRunSizeProblem(cpu, memory) === undefined).toBe(exists));
