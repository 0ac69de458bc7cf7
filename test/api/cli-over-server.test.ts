import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Over, overNetwork } from "../support/api.ts";
import { type Project, type Run, gantryIn, makeProject, processesOf, until } from "../support/platform.ts";
import { root } from "../support/gantry.ts";
import { writeVersion } from "../support/releases.ts";

// The command line of somebody who has a token, and neither the spec nor the machine: the same commands, over a server.

let project: Project;
let over: Over;
let folder: string;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  project = makeProject("releases");
  await project.json("up", "held", "--speed", "60");
  over = await overNetwork(project);
  for (const role of ["viewer", "developer", "operator", "admin"])
    tokens[role] = await over.token(role, [role === "admin" ? "admin:*/*" : `${role}:shop/held`]);
  folder = path.join(path.dirname(project.folder), "elsewhere");
  mkdirSync(folder);
}, 120_000);
afterAll(() => project.remove());

function envOf(role: string): NodeJS.ProcessEnv {
  const server = { GANTRY_SERVER: `http://127.0.0.1:${over.port}`, GANTRY_TOKEN: tokens[role] };
  return { ...project.env, HOME: folder, XDG_CONFIG_HOME: path.join(folder, "config"), ...server };
}

function from(role: string, args: readonly string[]): Promise<Run> {
  return gantryIn(folder, envOf(role), args);
}

async function asked<T>(role: string, words: string): Promise<T> {
  const { status, out, err } = await from(role, [...words.split(" "), "--json"]);
  expect(status, `${words}: ${out}${err}`).toBe(0);
  return JSON.parse(out) as T;
}

describe("whoever may only read", () => {
  // What does not move between two looks.
  test.each([
    "events held --limit 100",
    "history held",
    "rollout list",
    "freeze list --env held",
    "preview list",
    "snapshots held",
    "schedules held",
    "alerts silences --env held",
    "alerts notices --env held",
    "slo held",
    "dashboards --env held",
  ])(
    "%s says to the byte what it says where it runs",
    async (words) => {
      const [here, elsewhere] = [
        await project.run(...words.split(" "), "--json"),
        await from("viewer", [...words.split(" "), "--json"]),
      ];
      expect(elsewhere).toEqual(here);
      expect(here.out.length).toBeGreaterThan(10);
      const [text, same] = [await project.run(...words.split(" ")), await from("viewer", words.split(" "))];
      expect(same).toEqual(text);
    },
    60_000,
  );

  test("status, alerts and a query tell of the same things", async () => {
    type Status = { environments: { environment: string; services: { service: string }[] }[]; agent?: object };
    const [here, elsewhere] = [await project.json<Status>("status"), await asked<Status>("viewer", "status")];
    const names = ({ environments }: Status) =>
      environments.map((one) => [one.environment, one.services.map(({ service }) => service)]);
    expect(names(elsewhere)).toEqual(names(here));
    expect(elsewhere.agent).toBeUndefined();
    expect((await from("viewer", ["status", "held"])).out).toContain("api");
    const alerts = await asked<{ alerts: { name: string }[]; telemetry: object[] }>("viewer", "alerts --all");
    const listed = await project.json<typeof alerts>("alerts", "--all");
    expect(alerts.alerts.map(({ name }) => name)).toEqual(listed.alerts.map(({ name }) => name));
    expect(alerts.telemetry).toHaveLength(1);
    expect((await from("viewer", ["query", "1 + 1"])).out).toContain("2");
  }, 60_000);

  test("lines of services, and one request through them", async () => {
    const { url } = (
      await asked<{ environments: { services: { service: string; url?: string }[] }[] }>("viewer", "status")
    ).environments[0]?.services.find(({ service }) => service === "api") ?? { url: "" };
    expect(url).not.toBe("");
    type Logs = { lines: { line: string; trace_id?: string }[] };
    const [here, elsewhere] = [
      await project.json<Logs>("logs", "held", "-n", "20"),
      await asked<Logs>("viewer", "logs held -n 20"),
    ];
    expect(elsewhere.lines.length).toBeGreaterThan(0);
    expect(elsewhere.lines[0]).toEqual(here.lines[0]);
    expect((await from("viewer", ["logs", "nowhere"])).status).toBe(2);
  }, 60_000);

  test("where the migrations of another environment stand, of which a token of its own tells", async () => {
    await project.json("up", "rehearsal", "--speed", "60");
    tokens["other"] = await over.token("other", ["viewer:shop/rehearsal"]);
    type Status = { database: string; open: number; migrations: { name: string; is: string; file: string }[] };
    const [here, elsewhere] = [
      await project.json<Status>("migrate", "status", "--env", "rehearsal"),
      await asked<Status>("other", "migrate status --env rehearsal"),
    ];
    const stands = ({ migrations }: Status) => migrations.map(({ name, is }) => [name, is]);
    expect(stands(elsewhere)).toEqual(stands(here));
    expect(elsewhere.migrations.length).toBeGreaterThan(0);
    expect(elsewhere.migrations.every(({ file }) => !path.isAbsolute(file))).toBe(true);
  }, 60_000);

  test.each([
    "restart held",
    "freeze begin --env held --for 1h --because no",
    "rollback --to held",
    "release api --to held",
    "report unit --passed --for v1",
  ])(
    "%s: may not",
    async (words) => {
      const { status, out } = await from("viewer", [...words.split(" "), "--json"]);
      expect([status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([4, "no-right"]);
    },
    60_000,
  );

  test("who may see nothing learns nothing", async () => {
    tokens["stranger"] = await over.token("stranger", ["viewer:bank/prod"]);
    const { status, err } = await from("stranger", ["status"]);
    expect([status, err]).toEqual([2, expect.stringContaining("nothing that runs there may be seen")]);
    const named = await from("stranger", ["slo", "held", "--product", "shop"]);
    expect([named.status, named.err]).toEqual([2, expect.stringContaining("is not up on")]);
  }, 60_000);
});

describe("what is of a machine", () => {
  test.each([
    ["up --server http://127.0.0.1:1", "only-here"],
    ["secret list --server http://127.0.0.1:1", "only-here"],
    ["migrate up --env held --server http://127.0.0.1:1", "only-here"],
    ["migrate up --env held", "only-here"],
    ["query up --env held --prometheus http://127.0.0.1:1", "only-here"],
    ["status --server ftp://nowhere", "usage"],
  ])("gantry %s is refused: %s", async (words, code) => {
    const { out } = await from("admin", [...words.split(" "), "--json"]);
    expect((JSON.parse(out) as { error: { code: string } }).error.code).toBe(code);
  });

  test("a machine with its own platform does nothing by mistake while another server is named", async () => {
    const env = { ...project.env, GANTRY_SERVER: "https://gantry.example.com" };
    for (const words of ["up held", "down held", "open held --print", "load held --for 1s"]) {
      const { status, out } = await gantryIn(project.folder, env, [...words.split(" "), "--json"]);
      expect([words, status, (JSON.parse(out) as { error: { code: string } }).error.code]).toEqual([words, 2, "only-here"]);
    }
    // What only reads the spec goes on.
    expect((await gantryIn(project.folder, env, ["show", "held"])).status).toBe(0);
  }, 60_000);
});

describe("whoever may do something", () => {
  test("freezes, and ends it; in nobody else's name", async () => {
    const { id } = await asked<{ id: string }>(
      "operator",
      "freeze begin --env held --for 1h --because audit --stops infrastructure",
    );
    expect((await from("viewer", ["freeze", "list", "--env", "held"])).out).toContain(id);
    expect((await from("operator", ["freeze", "end", id, "--env", "held", "--as", "lead@shop.example"])).status).toBe(4);
    await asked("operator", `freeze end ${id} --env held`);
    const { events } = await asked<{ events: { kind: string; actor: string; actorKnown: string }[] }>(
      "viewer",
      "events --kind freeze",
    );
    expect(events.slice(-2).map(({ kind, actor, actorKnown }) => [kind, actor, actorKnown])).toEqual([
      ["freeze.begun", "operator", "token"],
      ["freeze.ended", "operator", "token"],
    ]);
  }, 60_000);

  test("releases, sees what it waits for, pauses, goes on and takes it back", async () => {
    writeVersion(project, "two");
    const plan = await asked<{ dryRun: boolean; changes: object[] }>("developer", "release api --to held --dry-run");
    expect([plan.dryRun, plan.changes.length]).toEqual([true, 1]);
    const { release } = await asked<{ release: { id: string } }>("developer", "release api --to held");
    const words = `rollout status ${release.id}`;
    await until(
      "it asks",
      () => asked<{ release: { at: number; answers: object } }>("viewer", words),
      (seen) => seen.release.at >= 0,
    );
    expect((await from("developer", ["rollout", "pause", release.id])).status).toBe(4);
    await asked("operator", `rollout pause ${release.id}`);
    const paused = await asked<{ release: object; links: object[] }>("viewer", words);
    expect(paused.links).toEqual([]);
    expect(paused.release).toEqual((await project.json<{ release: object }>(...words.split(" "))).release);
    expect((await from("viewer", words.split(" "))).out).toContain("paused");
    await asked("operator", `rollout resume --env held`);
    const { aborted } = await asked<{ aborted: boolean }>("operator", "rollback --to held --reason slow");
    expect(aborted).toBe(true);
    const { events } = await asked<{ events: { actor: string }[] }>("viewer", `events --release ${release.id}`);
    expect(events.map(({ actor }) => actor)).toEqual(expect.arrayContaining(["developer", "operator"]));
  }, 120_000);

  test("says one version of all that run there, as a pipeline does", async () => {
    writeVersion(project, "of a commit");
    const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: project.folder, env: project.env });
    writeFileSync(path.join(project.folder, ".gitignore"), "node_modules\n.gantry\n");
    git("init", "-q");
    git("add", "-A");
    git("-c", "user.name=shop", "-c", "user.email=shop@shop.example", "commit", "-qm", "one");
    const commit = git("rev-parse", "HEAD").toString().trim();
    writeVersion(project, "not committed");
    type Environments = { environments: { environment: string; services: { service: string }[] }[] };
    const { environments } = await asked<Environments>("viewer", "status");
    const all = environments.find(({ environment }) => environment === "held")?.services.map(({ service }) => service) ?? [];
    const words = `release --version ${commit} --to held --dry-run`;
    const plan = await asked<{ changes: { service: string; version: string }[]; unchanged: string[] }>("developer", words);
    expect([...plan.changes.map(({ service }) => service), ...plan.unchanged].toSorted()).toEqual(all.toSorted());
    expect(plan.changes.map(({ version }) => version)).toEqual(plan.changes.map(() => commit.slice(0, 12)));
    expect(plan.changes.length).toBeGreaterThan(0);
    const none = await from("developer", ["release", "--to", "held", "--json"]);
    expect([none.status, none.err + none.out]).toEqual([2, expect.stringContaining("a version of all of them")]);
    const unknown = await from("developer", ["release", "--version", "v9", "--to", "held", "--json"]);
    expect([unknown.status, unknown.err + unknown.out]).toEqual([2, expect.stringContaining("unknown-version")]);
  }, 60_000);

  test("goes on following while the server is killed, and sees what comes of it", async () => {
    tokens["lead"] = await over.token("lead", ["approver:shop/held"], "lead@shop.example");
    writeVersion(project, "three");
    const { release } = await asked<{ release: { id: string } }>("developer", "release api --to held");
    const child = spawn(process.execPath, [path.join(root, "dist/run/main.js"), "rollout", "status", release.id, "-w"], {
      cwd: folder,
      env: envOf("viewer"),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const closed = once(child, "close");
    await until(
      "it follows",
      () => err,
      (text) => text !== "",
    );
    const [server] = processesOf(project.folder).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"),
    );
    if (server === undefined) throw new Error("no server runs");
    process.kill(server, "SIGKILL");
    // The next command on that machine starts it again.
    await project.json("status");
    await asked("lead", `approve ${release.id}`);
    const [status] = (await closed) as [number];
    expect([status, out], err).toEqual([0, expect.stringContaining("watching")]);
  }, 120_000);

  test("goes back, and further than the last time only where that is said", async () => {
    type Back = { aborted: boolean; already: boolean; release: { id: string; changes: { from?: string; to: string }[] } };
    const { revisions } = await asked<{ revisions: { revision: string; serving: boolean }[] }>("viewer", "history held");
    const served = revisions.find(({ serving }) => serving)?.revision;
    const first = await asked<Back>("operator", "rollback --to held --reason slow");
    const again = await from("operator", ["rollback", "--to", "held", "--json"]);
    expect(again.out).toMatch(/back-already|"already": true/);
    const now = (await asked<{ revisions: typeof revisions }>("viewer", "history held")).revisions;
    expect(now.find(({ serving }) => serving)?.revision).not.toBe(served);
    expect(first.aborted || first.release.changes.length > 0).toBe(true);
    const further = await from("operator", ["rollback", "--to", "held", "--further", "--json"]);
    // There is one that served before, or none: it is not "somebody has gone back".
    expect(further.out).not.toContain("back-already");
  }, 120_000);

  test("a report is recorded by whoever may release everywhere, and found again", async () => {
    await asked("admin", "report unit --passed --for v9");
    const { status, json } = await over.ask("GET", "/v1/products/shop/reports?check=unit&version=v9", {
      token: tokens["viewer"] ?? "",
    });
    expect([status, json["items"]]).toEqual([200, [expect.objectContaining({ check: "unit", version: "v9", by: "admin" })]]);
    expect((await from("admin", ["report", "unti", "--passed", "--for", "v9"])).err).toContain("unit");
  }, 60_000);

  test("restarts what runs", async () => {
    expect(await asked<object>("operator", "restart held api")).toEqual({ ok: true, environment: "held", restarted: ["api"] });
  }, 60_000);
});
