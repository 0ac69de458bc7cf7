import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Resolver, environmentCases } from "../src/spec/resolve.ts";
import type { Environment } from "../src/spec/environment.ts";
import { type ResourceHere, copesWithout, serviceEnv, usesOf } from "../src/targets/local/service-env.ts";
import type { TestDatabase } from "./support/examples-postgres.ts";
import { until } from "./support/examples-services.ts";
import { useExamples } from "./support/examples.ts";
import { exampleNames, root } from "./support/gantry.ts";
import { loadExample } from "./support/spec.ts";

async function onALaptop(name: string): Promise<Environment> {
  const { data } = await loadExample(name);
  const [first] = environmentCases(data).filter((one) => one.data["cloud"] === "local");
  return new Resolver(data).resolve(first?.name ?? "");
}

// What npm alone brings; anything else has to be installed, or the service copes without it.
const brought = ["postgres", "bucket", "topic", "queue", "kms", "mail"];
/** A queue lies where its spec says: in a redis that is not there it is not there either. */
const comesWithNpm = ({ kind, on }: { kind: string; on?: unknown }): boolean => brought.includes(kind) && on === undefined;

describe.each(exampleNames)("%s: what stands in for its services here", (name) => {
  test("is there, file by file, and its migrations are numbered without a gap", async () => {
    const { services, resources } = await onALaptop(name);
    for (const [service, { here }] of Object.entries(services)) {
      if (here === undefined || !("entry" in here)) throw new Error(`${service} has no file that stands in for it`);
      expect(existsSync(path.join(root, "examples", name, here.entry)), here.entry).toBe(true);
    }
    const folders = Object.values(resources).flatMap((one) =>
      one.kind === "postgres" && typeof one.migrations === "object" ? (one.migrations.here ?? []) : [],
    );
    expect(folders).toEqual(["migrations"]);
  });

  test("needs nothing that npm does not bring, or says that it copes without", async () => {
    const { services, resources } = await onALaptop(name);
    for (const [service, data] of Object.entries(services)) {
      const needed = usesOf(data).filter((one) => {
        const resource = resources[one];
        return resource !== undefined && resource.kind !== "partner" && !comesWithNpm(resource) && !copesWithout(data, one);
      });
      expect(needed, service).toEqual([]);
    }
  });

  describe("with a Postgres", () => {
    const examples = useExamples();

    /** The environment that the local target gives it where there is a Postgres and nothing else. */
    const variables = (environment: Environment, service: string, db: TestDatabase): Record<string, string> => {
      const absent = (one: string, kind: string): ResourceHere => ({ name: one, kind, attributes: () => ({}) });
      const resources = Object.entries(environment.resources).map(([one, { kind }]): [string, ResourceHere] => [
        one,
        kind === "postgres"
          ? { ...absent(one, kind), attributes: () => ({ url: { text: db.url, secret: true } }) }
          : absent(one, kind),
      ]);
      const services = new Map(
        Object.keys(environment.services).map((one) => [one, { port: 1, browserUrl: `http://${one}.localhost` }]),
      );
      const { plain, secret } = serviceEnv({
        environment,
        service,
        resources: new Map(resources),
        services,
        secret: (one) => `the-secret-of-${one}`,
      });
      return { ...plain, ...secret };
    };

    test("starts with a Postgres and nothing else, answers at its health paths, is measured, and ends when asked to", async () => {
      const environment = await onALaptop(name);
      const db = await examples.database(name);
      for (const [service, { kind, here, health, metrics }] of Object.entries(environment.services)) {
        if (here === undefined || !("entry" in here)) throw new Error(`${service} has no file`);
        const entry = `${name}:${path.basename(here.entry, ".ts")}`;
        const env = variables(environment, service, db);
        if (kind === "cron") {
          const job = await examples.launch(entry, env, here.args);
          expect(await job.ended, job.text()).toBe(0);
          continue;
        }
        const running = await examples.start(entry, env, here.args);
        for (const at of [health?.path, health?.ready]) {
          if (at === undefined) continue;
          await until(async () => (await running.ask(`GET ${at}`)).status === 200);
        }
        if (metrics !== undefined)
          expect((await running.metrics()).get("process_resident_memory_bytes"), service).toBeGreaterThan(0);
        expect(await running.stop(), `${service}: ${running.text()}`).toBe(0);
        expect(running.lines.every((line) => typeof line["level"] === "string" && typeof line.message === "string")).toBe(true);
        expect(running.text(), "no secret is logged").not.toContain("the-secret-of-");
      }
    });
  });
});
