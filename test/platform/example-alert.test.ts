import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { makeExampleProject } from "../support/example-project.ts";
import { root } from "../support/gantry.ts";
import { type Project, ask, setSecret } from "../support/platform.ts";
import { type Receiver, startReceiver } from "../support/receiver.ts";

// ByteReview as it is, with a fault in its API: more than 2 % of five minutes' requests, and PagerDuty hears of it (BYT-17).

let project: Project;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  receiver.answers = [{ status: 202 }];
  project = makeExampleProject("bytereview");
  await setSecret(project, "pagerduty-key", `${receiver.url}/v2/enqueue#R0UT1NGKEY`);
}, 60_000);
afterAll(async () => {
  await project.remove();
  await receiver.close();
}, 60_000);

const plain = 'here: here("services/api.ts"),';

async function up(faults: string | undefined): Promise<number> {
  const file = path.join(project.folder, "things.ts");
  const text = readFileSync(path.join(root, "examples/bytereview/things.ts"), "utf8");
  expect(text).toContain(plain);
  writeFileSync(
    file,
    faults === undefined
      ? text
      : text.replace(plain, `here: here("services/api.ts", { env: { GANTRY_FAULTS: ${JSON.stringify(faults)} } }),`),
  );
  const run = await project.run("up", "prod", "--speed", "60");
  expect(run.status, run.err).toBe(0);
  const { environments } = await project.json<PlatformStatus>("status");
  return Number(new URL(environments[0]?.services.find((one) => one.service === "api")?.url ?? "").port);
}

async function traffic(port: number, until: () => boolean): Promise<void> {
  while (!until()) {
    await ask(port, "api.prod.localhost", "/api/documents");
    await sleep(5);
  }
}

const told = () =>
  receiver.received
    .map(
      (one) =>
        JSON.parse(one.body) as { event_action: string; dedup_key: string; payload: { summary: string; severity: string } },
    )
    .filter((one) => one.payload.summary.includes("API errors"));

test("a fault in the API is told to PagerDuty as critical, and so is its end", { timeout: 120_000 }, async () => {
  const failing = await up("errors=20%,seed=3");
  await traffic(failing, () => told().length > 0);
  expect(told()[0]).toMatchObject({ event_action: "trigger", payload: { severity: "critical" } });
  const well = await up(undefined);
  await traffic(well, () => told().length > 1);
  expect(told()[1]).toMatchObject({ event_action: "resolve", dedup_key: told()[0]?.dedup_key });
});
