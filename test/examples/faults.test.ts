import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { FaultsError, parseFaults } from "../../examples/shared/parse-faults.ts";
import { query } from "../support/examples-postgres.ts";
import { until } from "../support/examples-services.ts";
import { useExamples } from "../support/examples.ts";
import { exampleNames, root } from "../support/gantry.ts";

describe("what GANTRY_FAULTS may say", () => {
  test.each([
    ["", { seed: 1 }],
    ["errors=5%", { seed: 1, errors: 0.05 }],
    ["errors=0.5%, seed=9", { seed: 9, errors: 0.005 }],
    ["latency=200ms±50", { seed: 1, latency: { meanMs: 200, spreadMs: 50 } }],
    ["latency=1s+-250ms", { seed: 1, latency: { meanMs: 1_000, spreadMs: 250 } }],
    ["latency=2s", { seed: 1, latency: { meanMs: 2_000, spreadMs: 0 } }],
    ["crash-at-start", { seed: 1, crashAtStart: true }],
    ["crash-after=30s,crash-at-request=3", { seed: 1, crashAfterMs: 30_000, crashAtRequest: 3 }],
    ["leak=1Mi/s", { seed: 1, leakBytesPerSecond: 1_048_576 }],
    ["fail-health,fail-smoke,slow-start=1.5s", { seed: 1, failHealth: true, failSmoke: true, slowStartMs: 1_500 }],
  ])("%s", (text, faults) => expect(parseFaults(text)).toEqual(faults));

  test.each([
    ["error=5%", 'there is no fault "error"'],
    ["toString", 'there is no fault "toString"'],
    ["errors=5", "errors takes a share from 0% to 100%"],
    ["errors=101%", "errors takes a share"],
    ["latency=200", "latency takes a time"],
    ["latency=1s±1s±1s", "latency takes a time"],
    ["crash-at-start=yes", "crash-at-start takes no value"],
    ["crash-at-request=0", "crash-at-request takes a whole number"],
    ["leak=1MB/s", "leak takes bytes a second"],
    ["seed=1,seed=2", '"seed" is given twice'],
  ])("%s is refused", (text, says) => {
    expect(() => parseFaults(text)).toThrow(FaultsError);
    expect(() => parseFaults(text)).toThrow(says);
  });

  test("everything that is wrong is told at once", () => {
    try {
      parseFaults("errors=x,leak=y,z");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FaultsError);
      expect((error as FaultsError).problems).toHaveLength(3);
    }
  });
});

// The proxy of AI governance needs nothing else, so faults are tried on it and on its client.
describe("a service with faults", () => {
  const services = useExamples();
  const client = "ai-governance:client";

  test("that it does not understand does not start, and says what is wrong", async () => {
    const service = await services.launch(client, { GANTRY_FAULTS: "errors=often" });
    expect(await service.ended).toBe(2);
    expect(service.text()).toContain("errors takes a share from 0% to 100%");
  });

  test("crash-at-start and crash-after end it, with a last word", async () => {
    for (const faults of ["crash-at-start", "crash-after=50ms"]) {
      const service = await services.launch(client, { GANTRY_FAULTS: faults });
      expect(await service.ended).toBe(70);
      expect(service.lines.at(-1)).toMatchObject({
        level: "error",
        message: expect.stringContaining("as GANTRY_FAULTS asks") as string,
      });
    }
  });

  test("crash-at-request ends it at that one, and health is not counted", async () => {
    const service = await services.start(client, { GANTRY_FAULTS: "crash-at-request=3" });
    for (let count = 0; count < 5; count += 1) await service.ask("GET /health/live");
    expect((await service.ask("GET /")).status).toBe(200);
    expect((await service.ask("GET /")).status).toBe(200);
    await expect(service.ask("GET /")).rejects.toThrow();
    expect(await service.ended).toBe(70);
  });

  test("errors fail the share that was asked for, the same requests for the same seed; health answers", async () => {
    const run = async (seed: number): Promise<string> => {
      const service = await services.start(client, { GANTRY_FAULTS: `errors=30%,seed=${seed}` });
      let failed = "";
      for (let count = 0; count < 60; count += 1) failed += (await service.ask("GET /")).status === 500 ? "x" : ".";
      expect((await service.ask("GET /health/ready")).status).toBe(200);
      await service.stop();
      return failed;
    };
    const first = await run(7);
    expect(await run(7)).toBe(first);
    expect(await run(8)).not.toBe(first);
    // The seed decides, so this is the same each time.
    const failures = first.replaceAll(".", "").length;
    expect(failures).toBeGreaterThan(10);
    expect(failures).toBeLessThan(26);
  });

  test("fail-smoke fails smoke tests only, fail-health the health only", async () => {
    const smoke = await services.start(client, { GANTRY_FAULTS: "fail-smoke" });
    expect((await smoke.ask("GET /")).status).toBe(200);
    expect((await smoke.ask("GET /", { headers: { "x-gantry-smoke": "1" } })).status).toBe(500);
    const health = await services.start(client, { GANTRY_FAULTS: "fail-health" });
    expect((await health.ask("GET /health/live")).status).toBe(503);
    expect((await health.ask("GET /")).status).toBe(200);
  });

  test("slow-start is ready later", async () => {
    const service = await services.start(client, { GANTRY_FAULTS: "slow-start=2s" });
    expect((await service.ask("GET /health/ready")).status).toBe(503);
    await until(async () => (await service.ask("GET /health/ready")).status === 200);
  });

  test("they are switched at run time by whoever has the token, and not at all where none was set", async () => {
    const closed = await services.start(client);
    expect((await closed.ask("POST /_faults", { headers: { "x-gantry-faults-token": "" }, body: "errors=100%" })).status).toBe(
      404,
    );

    const service = await services.start(client, { GANTRY_FAULTS_TOKEN: "t0ken" });
    const change = (body: string, token = "t0ken") =>
      service.ask("POST /_faults", { headers: { "x-gantry-faults-token": token, "content-type": "text/plain" }, body });
    expect((await change("errors=100%", "other")).status).toBe(404);
    expect(await change("errors=lots")).toMatchObject({ status: 400, body: { error: { code: "bad-faults" } } });
    expect((await service.ask("GET /")).status).toBe(200);
    expect(await change("errors=100%")).toMatchObject({ status: 200, body: { errors: 1 } });
    await until(async () => (await service.ask("GET /")).status === 500);
    await change("");
    await until(async () => (await service.ask("GET /")).status === 200);
  });

  test("leak grows its memory, as its metrics show", async () => {
    const service = await services.start(client, { GANTRY_FAULTS: "leak=200Mi/s" });
    const memory = async (): Promise<number> => (await service.metrics()).get("process_resident_memory_bytes") ?? 0;
    const before = await memory();
    await until(async () => (await memory()) > before + 50 * 2 ** 20);
  });

  test("latency adds to what requests take", async () => {
    const service = await services.start(client, { GANTRY_FAULTS: "latency=60ms" });
    await service.ask("GET /");
    const sum = (await service.metrics()).get('http_request_duration_seconds_sum{method="GET",route="/"}') ?? 0;
    // Timers may fire a millisecond early.
    expect(sum).toBeGreaterThanOrEqual(0.058);
  });
});

describe("the migrations that fail", () => {
  const examples = useExamples();
  test.each(exampleNames)("%s: it fails in its middle, and nothing of it stays", async (name) => {
    const db = await examples.database(name);
    const seeded: Record<string, string> = {
      "proveniq-ledger": `with p as (insert into partners (name, key_hash) values ('a', 'x') returning id)
         insert into claims (partner_id, item, happened_on, amount_cents) select id, 'ring', now(), 1 from p`,
    };
    if (seeded[name] !== undefined) await db.asOwner(seeded[name]);
    const sql = readFileSync(path.join(root, "examples", name, "faults/failing.sql"), "utf8");
    await expect(db.asOwner(sql)).rejects.toThrow();
    expect(await db.asOwner("select to_regclass('half_done') as made")).toEqual([{ made: null }]);
    await expect(query(db.url, "create table mine (id integer)")).rejects.toThrow("permission denied");
  });
});
