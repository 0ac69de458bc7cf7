import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// @ts-expect-error -- plain JavaScript, shared with npm start
import { createTraffic as untypedTraffic } from "../../scripts/traffic.mjs";
import type { DashboardView } from "../../src/wire/signals.ts";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { makeExampleProject } from "../support/example-project.ts";
import { onPath } from "../support/on-path.ts";
import { type Answer, type Project, ask, until } from "../support/platform.ts";

// Each example as its README starts it, under the little traffic that it is made for: nothing that its dashboards show is left empty.

const createTraffic: (status: PlatformStatus, options: { requestsPerSecond: number }) => { stop(): Promise<void> } =
  untypedTraffic;

type Asks = (service: string, request: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
/** Does what users do until it is told to stop. */
type Users = (asks: Asks, status: PlatformStatus, stopped: AbortSignal) => Promise<void>;

type Running = { readonly project: Project; readonly environment: string; end(): Promise<void> };

async function start(project: Project, environment: string, users: Users, speed = 1): Promise<Running> {
  const stop = new AbortController();
  let using: Promise<unknown> = Promise.resolve();
  const end = async (): Promise<void> => {
    stop.abort();
    // What goes wrong with them is seen by what is not shown.
    await using.catch(() => undefined);
    await project.remove();
  };
  const up = await project.run("up", environment, "--speed", String(speed));
  if (up.status !== 0) {
    await end();
    throw new Error(up.out + up.err);
  }
  const status = await project.json<PlatformStatus>("status");
  const asks: Asks = (service, request, body, headers = {}) => {
    const [method = "", target = ""] = request.split(" ");
    return ask(status.gatewayPort ?? 0, `${service}.${environment}.localhost`, target, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  using = users(asks, status, stop.signal);
  return { project, environment, end };
}

/** Round after round, with a rest between them. */
async function rounds(stopped: AbortSignal, round: (number: number) => Promise<unknown>): Promise<void> {
  for (let number = 1; !stopped.aborted; number += 1) {
    await round(number);
    await sleep(200);
  }
}

const jsonOf = ({ text }: Answer) => JSON.parse(text) as Readonly<Record<string, string>>;

const examples: readonly {
  readonly name: string;
  readonly environment: string;
  readonly users: Users;
  readonly speed?: number;
}[] = [
  {
    name: "bytereview",
    // Integrations are not open to anybody in production yet: there is nothing to import there.
    environment: "staging",
    // As npm start has it: what an SLO records comes every half minute otherwise.
    speed: 60,
    async users(_asks, status, stopped) {
      const traffic = createTraffic(status, { requestsPerSecond: 10 });
      await new Promise((resolve) => stopped.addEventListener("abort", resolve));
      await traffic.stop();
    },
  },
  {
    name: "codementor",
    environment: "prod",
    users: (asks, _status, stopped) =>
      rounds(stopped, async (number) => {
        await asks("backend", "GET /lessons");
        await asks("backend", "POST /attempts", { learner: `learner-${number}`, lesson: 1, code: "for n in range(3): print(n)" });
      }),
  },
  {
    name: "proveniq-ledger",
    environment: "sandbox",
    async users(asks, _status, stopped) {
      const { apiKey = "" } = jsonOf(await asks("api", "POST /v1/demo-data"));
      const headers = { authorization: `Bearer ${apiKey}` };
      await rounds(stopped, async (number) => {
        const claim = { item: "watch", happenedOn: "2024-12-01", amountCents: 100 * number };
        const { id } = jsonOf(await asks("api", "POST /v1/claims", claim, headers));
        await asks("api", `POST /v1/claims/${id}/assess`, undefined, headers);
        await asks("api", "GET /v1/claims", undefined, headers);
      });
    },
  },
  {
    name: "cpa-platform",
    environment: "production",
    async users(asks, _status, stopped) {
      const login = { email: "ada@firm.example", password: "correct horse battery" };
      await asks("backend", "POST /api/v1/firms", { firm: "Firm", ...login });
      const { token = "" } = jsonOf(await asks("backend", "POST /api/v1/sessions", login));
      const headers = { authorization: `Bearer ${token}` };
      await rounds(stopped, async (number) => {
        await asks("backend", "GET /api/v1/firm", undefined, headers);
        await asks("backend", `POST /api/v1/documents?name=receipt-${number}.txt`, "a receipt", headers);
        const lines = [{ text: "advice", quantity: 1, unitCents: 10_000 }];
        const { id } = jsonOf(await asks("backend", "POST /api/v1/invoices", { client: "Somebody", lines }, headers));
        await asks("backend", `POST /api/v1/invoices/${id}/send`, undefined, headers);
      });
    },
  },
];

type Shown = { readonly panel: string; readonly shows: DashboardView["panels"][number]["shows"] };

async function shownIn(project: Project): Promise<readonly Shown[]> {
  const { dashboards } = await project.json<{ dashboards: DashboardView[] }>("dashboards");
  return dashboards.flatMap(({ name, panels }) => panels.map(({ title, shows }) => ({ panel: `${name} / ${title}`, shows })));
}

/** Every panel of the spec is there, and everything that it shows has values. */
async function expectAllShown({ project, environment }: Running): Promise<void> {
  const empty = async () => {
    // A command takes a good part of a second of the processor: the services are to have the rest.
    await sleep(1_000);
    return (await shownIn(project)).flatMap(({ panel, shows }) =>
      shows.flatMap(({ expr, series, problem }) =>
        problem === undefined && series.some(({ points }) => points.length > 0) ? [] : [`${panel}: ${problem ?? expr}`],
      ),
    );
  };
  await until("something in every panel", empty, (seen) => seen.length === 0, 90_000);
  const spec = await project.json<{ dashboards: Record<string, { charts: { title: string }[] }> }>("show", environment);
  const written = Object.entries(spec.dashboards).flatMap(([name, { charts }]) =>
    charts.map(({ title }) => `${name} / ${title}`),
  );
  expect(written.length).toBeGreaterThan(0);
  expect((await shownIn(project)).map(({ panel }) => panel).toSorted()).toEqual(written.toSorted());
}

describe("every panel of a running example shows something", () => {
  let governance: Running;
  beforeAll(async () => {
    const project = makeExampleProject("ai-governance");
    // Its job runs four times an hour: nobody waits for that here.
    const config = path.join(project.folder, "gantry.config.ts");
    const text = readFileSync(config, "utf8");
    expect(text).toContain('"*/15 * * * *"');
    writeFileSync(config, text.replace('"*/15 * * * *"', '"* * * * *"'));
    governance = await start(project, "production", async (asks, _status, stopped) => {
      await asks("proxy", "POST /api/systems", { name: "Scoring", owner: "Ada", riskClass: "high" });
      await rounds(stopped, () => asks("proxy", "GET /api/systems"));
    });
  }, 60_000);
  afterAll(() => governance.end(), 60_000);

  test.for(examples)("$name in $environment", { timeout: 150_000 }, async ({ name, environment, users, speed }, { skip }) => {
    // Without a redis these two cope, and have nothing to show of one.
    if (["codementor", "cpa-platform"].includes(name))
      skip(!onPath("redis-server") && !onPath("valkey-server"), "there is no redis-server or valkey-server on PATH");
    const running = await start(makeExampleProject(name), environment, users, speed);
    try {
      await expectAllShown(running);
    } finally {
      await running.end();
    }
  });

  test("ai-governance in production", { timeout: 150_000 }, () => expectAllShown(governance));
});
