import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { routes } from "../../src/api/routes.ts";
import { type Over, overNetwork } from "../support/api.ts";
import { type Project, makeProject, until } from "../support/platform.ts";

// What the API tells of an environment beside what runs in it, asked by whoever has few rights.

let project: Project;
let over: Over;
const tokens = { viewer: "", developer: "" };
const at = "/v1/products/shop/environments/held";

beforeAll(async () => {
  project = makeProject("releases");
  withRunbook(project);
  await project.json("up", "held", "--speed", "60");
  over = await overNetwork(project);
  tokens.viewer = await over.token("reads", ["viewer:shop/held"]);
  tokens.developer = await over.token("ships", ["developer:shop/held"]);
}, 120_000);
afterAll(() => project.remove());

const get = async (path: string) => {
  const { status, json } = await over.ask("GET", path, { token: tokens.viewer });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
};

test("of each value it is told where it was written, as gantry show says it", async () => {
  const { environment } = (await get(`${at}/spec`)) as { environment: { environment: string } };
  const shown = await project.json<{ origins: Record<string, { from: { layer: string; place?: object; value: unknown } }> }>(
    "show",
    "held",
    "--origins",
  );
  const { known, items } = routes["GET /v1/products/{product}/environments/{environment}/spec/origins"].answers.parse(
    await get(`${at}/spec/origins`),
  );
  expect([known, environment.environment]).toEqual([true, "held"]);
  const paths = items.map(({ path }) => path);
  expect(paths).toEqual(Object.keys(shown.origins));
  for (const { path, from } of items)
    expect({ path, layer: from.layer, place: from.place }).toEqual({
      path,
      layer: shown.origins[path]?.from.layer,
      place: shown.origins[path]?.from.place,
    });
  expect(new Set(items.map(({ from }) => from.layer))).toEqual(new Set(["product", "default", "environment held", "worked out"]));
});

/** The shop, whose people have a runbook and practise it. */
function withRunbook({ folder }: Project): void {
  const file = path.join(folder, "gantry.config.ts");
  const text = readFileSync(file, "utf8")
    .replace("import {", "import {\n  drill,\n  runbook,\n  step,")
    .replace(
      "export default",
      'const outage = runbook("outage", { title: "It is down", owner: lead, steps: [step.check("Is it the gateway?"), step.run("Go back", { action: "rollback" })] });\nexport default',
    )
    .replace(
      "  services: [api,",
      '  runbooks: [outage],\n  exercises: [drill("practice", { does: "rollback", of: [db] })],\n  services: [api,',
    );
  writeFileSync(file, text);
}

test("runbooks and exercises are told as the spec has them", async () => {
  expect(await get(`${at}/runbooks`)).toEqual({
    items: [
      {
        name: "outage",
        title: "It is down",
        owner: "lead",
        steps: [
          { does: "check", title: "Is it the gateway?" },
          { does: "run", title: "Go back", action: "rollback" },
        ],
      },
    ],
  });
  const { items } = (await get(`${at}/exercises`)) as { items: object[] };
  expect(items).toEqual([expect.objectContaining({ name: "practice", kind: "drill", does: "rollback" })]);
});

test("a database that cannot be asked says so, and hides nothing of the others", async () => {
  const { items } = routes["GET /v1/products/{product}/environments/{environment}/migrations"].answers.parse(
    await get(`${at}/migrations`),
  );
  // Nothing of held uses it: nobody has made it.
  expect(items).toEqual([
    expect.objectContaining({ database: "db", problem: expect.objectContaining({ code: "no-connection" }) }),
  ]);
});

test("only whoever administers goes back to a snapshot, and to one that is there", async () => {
  const restore = (token: string) => over.ask("POST", `${at}/snapshots/none/restore`, { token, body: {} });
  expect((await restore(tokens.developer)).json["code"]).toBe("no-right");
  expect((await restore(await over.token("root", ["admin:shop/held"]))).json["code"]).toBe("unknown-snapshot");
});

describe("rehearsals", () => {
  type Line = { id: string; state: string; done: number; report?: object; because?: string };
  const begin = (body: object, token = tokens.developer) => over.ask("POST", `${at}/rehearsals`, { token, body });
  const read = async (id: string) => (await get(`${at}/rehearsals/${id}`)) as unknown as Line;
  const ended = (id: string) =>
    until(
      "it ends",
      () => read(id),
      ({ state }) => state !== "running",
      60_000,
    );

  test("what comes of one is what the command line says, to the byte", async () => {
    const asked = { faults: ["errors=5%"], traffic: ["20rps"], services: ["api"], runs: 60, seed: 7 };
    const { status, json } = await begin(asked);
    expect([status, json["state"]]).toEqual([202, "running"]);
    const { report, state, done } = await ended(String(json["id"]));
    expect([state, done]).toEqual(["done", 60]);
    const words = "rehearse held api --fault errors=5% --traffic 20rps -n 60 --seed 7 --json";
    const told = await project.run(...words.split(" "));
    expect(`${JSON.stringify(report, undefined, 2)}\n`).toBe(told.out);
  }, 90_000);

  test("one at a time; it stops when somebody says so, what was rehearsed until then stays, and the log has who it was", async () => {
    const { json } = await begin({ runs: 10_000, faults: ["errors=1%"] });
    const id = String(json["id"]);
    const second = await begin({ runs: 1 });
    expect([second.status, second.json["code"]]).toEqual([409, "under-way"]);
    await until(
      "it is under way",
      () => read(id),
      ({ done }) => done > 0,
    );
    // Meanwhile the server answers as before.
    expect((await get(at))["environment"]).toBe("held");
    expect((await over.ask("DELETE", `${at}/rehearsals/${id}`, { token: tokens.viewer })).status).toBe(403);
    expect((await over.ask("DELETE", `${at}/rehearsals/${id}`, { token: tokens.developer })).status).toBe(200);
    const { state, done, report } = await ended(id);
    expect(state).toBe("stopped");
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(10_000);
    expect(report).toMatchObject({ ok: false, runs: 10_000, cases: [{ summary: { runs: done } }] });
    type Events = { items: { kind: string; subject: string; actor: { name: string } }[] };
    const events = async () => ((await get(`/v1/products/shop/events?kinds=rehearsal`)) as Events).items;
    const mine = (all: Events["items"]) => all.filter(({ subject }) => subject === id);
    const told = mine(await until("its end is in the log", events, (all) => mine(all).length === 3));
    expect(told.map(({ kind, actor }) => [kind, actor.name])).toEqual([
      ["rehearsal.ended", "gantry"],
      ["rehearsal.stopped", "ships"],
      ["rehearsal.begun", "ships"],
    ]);
    // Ended, it is forgotten.
    expect((await over.ask("DELETE", `${at}/rehearsals/${id}`, { token: tokens.developer })).status).toBe(200);
    expect((await over.ask("GET", `${at}/rehearsals/${id}`, { token: tokens.viewer })).json["code"]).toBe("unknown-rehearsal");
  }, 90_000);

  test("the same said twice with one key is rehearsed once", async () => {
    const say = () =>
      over.ask("POST", `${at}/rehearsals`, { token: tokens.developer, body: { runs: 2 }, headers: { "idempotency-key": "one" } });
    const [first, again] = [await say(), await say()];
    expect([first.status, again.text]).toEqual([202, first.text]);
    await ended(String(first.json["id"]));
  }, 60_000);

  test.each([
    [{ faults: ["explodes"] }, "unknown-fault"],
    [{ traffic: ["/etc/passwd"] }, "unknown-traffic"],
    [{ services: ["nothing"] }, "unknown-service"],
    [{ runs: 10_001 }, "usage"],
  ])("%j is refused", async (body, code) => {
    expect((await begin(body)).json["code"]).toBe(code);
  });
});
