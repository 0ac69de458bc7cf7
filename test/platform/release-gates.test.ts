import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLoad } from "../support/load.ts";
import { query } from "../support/examples-postgres.ts";
import { type Project, ask, makeProject, until } from "../support/platform.ts";
import { portOf, serving, told, writeVersion } from "../support/releases.ts";
import { ensurePostgres } from "../../src/targets/local/postgres/server.ts";
import type { Answer } from "../../src/delivery/gate.ts";
import type { Change } from "../../src/delivery/release.ts";

type Planned = { readonly ok: boolean; readonly changes: readonly Change[]; readonly answers: Readonly<Record<string, Answer>> };

let project: Project;
beforeAll(async () => {
  project = makeProject("releases");
  await project.json("up", "rehearsal", "prod", "held", "gap", "frozen", "--speed", "300");
}, 90_000);
afterAll(() => project.remove());

/** What is asked before anything is touched, and how it is answered. */
async function answers(): Promise<Planned & { readonly verdicts: Readonly<Record<string, string>> }> {
  const planned = await project.json<Planned>("release", "ledger", "--to", "prod", "--dry-run");
  const verdicts = Object.entries(planned.answers).map(([id, { verdict }]) => [id.replace(/^.*?: /, ""), verdict]);
  return { ...planned, verdicts: Object.fromEntries(verdicts) };
}

test("only the very version that is green elsewhere and clean by report goes on; blue-green migrates, tests and switches without a failed request", async () => {
  writeVersion(project, "two");
  writeFileSync(path.join(project.folder, "migrations/0002_more.sql"), "create table more (id int);\n");
  const { changes, verdicts } = await answers();
  const artifact = changes[0]?.artifact ?? "";
  expect(verdicts).toEqual({
    "migrate db": "pass",
    "green in rehearsal": "inconclusive",
    "check unit": "inconclusive",
    "clean scan": "inconclusive",
  });

  // About another version, or with something grave in it, a report does not help.
  await project.json("report", "unit", "--passed", "--for", "another");
  const grave = readFileSync(path.join(project.folder, "zap.json"), "utf8").replace('"riskcode": "1"', '"riskcode": "3"');
  writeFileSync(path.join(project.folder, "grave.json"), grave);
  await project.json("report", "scan", "--file", path.join(project.folder, "grave.json"), "--for", artifact);
  const refused = await project.run("release", "ledger", "--to", "prod", "--dry-run", "--json");
  expect(refused.status).toBe(1);
  const after = JSON.parse(refused.out) as Planned;
  expect(Object.values(after.answers).map(({ verdict }) => verdict)).toEqual(["pass", "inconclusive", "inconclusive", "fail"]);
  expect(refused.out).toContain("X-Content-Type-Options");

  await project.json("report", "unit", "--passed", "--for", artifact);
  await project.json("report", "scan", "--file", path.join(project.folder, "zap.json"), "--for", artifact);
  expect((await told(project, "release", "ledger", "--to", "rehearsal", "--wait")).status).toBe(0);
  expect((await answers()).verdicts).toEqual({
    "migrate db": "pass",
    "green in rehearsal": "pass",
    "check unit": "pass",
    "clean scan": "pass",
  });

  const traffic = startLoad(await portOf(project, "prod", "ledger"), 100);
  const { status, release } = await told(project, "release", "ledger", "--to", "prod", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect([seen.lost, Object.keys(seen.answers).toSorted()]).toEqual([[], ["one 200", "two 200"]]);
  const record = JSON.stringify(release.record);
  expect(record).toContain("1 migration applied to db");
  expect(record).toContain("node smoke.mjs: it passed");
});

test("the copy that a release has kept can be gone back to, and what was there until then is kept as well", async () => {
  const listed = async () =>
    (await project.json<{ snapshots: { snapshot: string; resource: string }[] }>("snapshots", "prod")).snapshots;
  const [kept] = await listed();
  const { release } = await told(project, "rollout", "status", "--env", "prod");
  expect([kept?.snapshot, kept?.resource]).toEqual([release.id, "db"]);
  expect((await project.run("history", "prod", "--record", release.id)).out).toContain(`db is kept as ${release.id}`);
  const server = await ensurePostgres({ folder: path.join(project.folder, ".gantry/postgres"), wanted: 16 });
  const names = "select datname as name from pg_database where datname like 'shop%prod%db'";
  const [own] = await query<{ name: string }>(server.superuserUrl(), names);
  const url = server.superuserUrl(own?.name);
  await query(url, "insert into entry (text) values ('since')");
  const state = async () => [
    await query(url, "select text from entry"),
    await query(url, "select to_regclass('more') is not null as migrated"),
    await query(url, "select count(*)::int as had from gantry.gantry_migrations"),
  ];
  expect(await state()).toEqual([[{ text: "since" }], [{ migrated: true }], [{ had: 2 }]]);
  const { before } = await project.json<{ before: string }>("snapshots", "prod", "--restore", release.id);
  expect(await state()).toEqual([[], [{ migrated: false }], [{ had: 1 }]]);
  const port = await portOf(project, "prod", "ledger");
  await until(
    "the ledger on it",
    () => ask(port, "localhost", "/"),
    ({ status }) => status === 200,
  );
  expect((await listed()).map(({ snapshot }) => snapshot)).toEqual([before, release.id]);
}, 60_000);

test("a version that answers its health and fails its smoke tests never takes traffic", async () => {
  writeVersion(project, "silent");
  const { changes } = await answers();
  const artifact = changes[0]?.artifact ?? "";
  await project.json("report", "unit", "--passed", "--for", artifact);
  await project.json("report", "scan", "--file", path.join(project.folder, "zap.json"), "--for", artifact);
  expect((await told(project, "release", "ledger", "--to", "rehearsal", "--wait")).status).toBe(0);
  const before = await serving(project, "prod", "ledger");
  const traffic = startLoad(await portOf(project, "prod", "ledger"), 100);
  const { status, release } = await told(project, "release", "ledger", "--to", "prod", "--wait");
  const seen = await traffic.stop();
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect(release.because).toContain("node smoke.mjs");
  expect([seen.lost, Object.keys(seen.answers)]).toEqual([[], ["two 200"]]);
  expect(await serving(project, "prod", "ledger")).toEqual(before);
  const told2 = await project.run("history", "prod", "--record", release.id);
  expect(told2.out).toContain("it ended with status 1");
});

test("who has the role says yes, to the step that was seen, and nobody else", async () => {
  const begun = await told(project, "release", "api", "--to", "held");
  expect(begun.status).toBe(0);
  await until(
    "a question to people",
    async () => (await told(project, "rollout", "status", "--env", "held")).release,
    ({ answers: given }) => Object.keys(given).some((id) => id.includes("approval")),
  );
  expect((await project.run("approve", "--env", "held", "--as", "stranger@shop.example")).status).toBe(4);
  expect((await project.run("approve", "--env", "held", "--as", "lead@shop.example", "--step", "9")).status).toBe(1);
  expect((await project.run("approve", "--env", "held", "--as", "lead@shop.example")).status).toBe(0);
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase]).toEqual([0, "watching"]);
  const { events } = await project.json<{ events: { kind: string; actor: string }[] }>("events", "held", "--kind", "release");
  expect(events.filter(({ actor }) => actor === "lead@shop.example").map(({ kind }) => kind)).toEqual(["release.approved"]);
});

test("a link decides by the form of its page, once, for whoever has the role, and nothing else that comes along does", async () => {
  writeVersion(project, "linked");
  const begun = await told(project, "release", "api", "--to", "held");
  const { links } = await until(
    "a link",
    () => project.json<{ links: readonly { role: string; url: string }[] }>("rollout", "status", begun.release.id),
    (seen) => seen.links.length > 0,
  );
  const url = new URL(links[0]?.url ?? "");
  const at = { port: Number(url.port), host: url.host, path: url.pathname };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const own = { ...form, origin: url.origin };
  const yes = (name = "lead@shop.example") => new URLSearchParams({ name, decision: "yes", reason: "<b>fine</b>" }).toString();
  const post = (headers: Record<string, string>, body: string, host = at.host, target = at.path) =>
    ask(at.port, host, target, { method: "POST", headers, body });

  const shown = await ask(at.port, at.host, at.path);
  expect([shown.status, shown.text.includes("api linked"), shown.text.includes("lead@shop.example")]).toEqual([200, false, true]);
  for (const said of [begun.release.changes[0]?.version ?? "?", "held", "shop", "lead approve"])
    expect(shown.text).toContain(said);
  expect(shown.headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'/,
  );
  expect([shown.headers["referrer-policy"], shown.headers["cache-control"]]).toEqual(["no-referrer", "no-store"]);
  expect(shown.text).not.toContain("<script");

  // Another name that leads here, another page's form, a program without any, a guess, a flood, somebody else: each does nothing.
  expect((await ask(at.port, "evil.example", at.path)).status).toBe(421);
  expect((await post(own, yes(), `evil.example:${at.port}`)).status).toBe(421);
  expect((await post({ ...form, origin: "http://evil.example" }, yes())).status).toBe(403);
  expect((await post({ ...form, origin: "null", "sec-fetch-site": "cross-site" }, yes())).status).toBe(403);
  expect((await post({ ...own, "sec-fetch-site": "same-site" }, yes())).status).toBe(403);
  expect((await post(form, yes())).status).toBe(403);
  const guess = at.path.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  expect((await ask(at.port, at.host, guess)).status).toBe(404);
  expect((await post(own, yes(), at.host, guess)).status).toBe(404);
  expect((await ask(at.port, at.host, "/approvals/..%2f..%2fetc")).status).toBe(404);
  expect((await post(own, "x".repeat(100_000))).status).toBe(413);
  expect((await post({ ...own, "content-type": "text/plain" }, yes())).status).toBe(400);
  expect((await post(own, new URLSearchParams({ name: "lead@shop.example" }).toString())).status).toBe(400);
  const stranger = await post(own, yes("<i>stranger</i>"));
  expect([stranger.status, stranger.text.includes("<i>stranger")]).toEqual([403, false]);
  expect((await ask(at.port, at.host, at.path, { method: "HEAD" })).status).toBe(200);
  const still = (await told(project, "rollout", "status", begun.release.id)).release;
  expect([still.phase, still.approvals]).toEqual(["progressing", {}]);

  // As a browser sends the form of a page that says no referrer.
  const done = await post({ ...form, origin: "null", "sec-fetch-site": "same-origin" }, yes());
  expect([done.status, done.headers["location"]]).toEqual([303, at.path]);
  expect(String(done.headers["set-cookie"])).toMatch(/^gantry_name=lead%40shop.example;.*HttpOnly; SameSite=Strict/);
  const after = await ask(at.port, at.host, at.path);
  expect(after.text).toContain("lead@shop.example said yes by link");
  expect(after.text).not.toContain("<form");
  expect((await post(own, yes().replace("yes", "no"))).status).toBe(409);

  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase]).toEqual([0, "watching"]);
  expect((await ask(at.port, at.host, at.path)).text).toContain("lead@shop.example said yes by link");
  expect((await project.run("history", "held", "--record", release.id)).out).toContain("lead@shop.example (by link)");
  const { events } = await project.json<{ events: { actorKnown: string | null; actor: string }[] }>(
    "events",
    "--release",
    release.id,
  );
  expect(events.filter(({ actor }) => actor === "lead@shop.example").map(({ actorKnown }) => actorKnown)).toEqual(["link"]);
  const database = (await ensurePostgres({ folder: path.join(project.folder, ".gantry/postgres") })).superuserUrl(
    "gantry_control",
  );
  const token = at.path.split("/").at(-1) ?? "";
  for (const table of ["approval_link", "run", "run_command", "event", "notice"]) {
    const [row] = await query<{ found: number }>(
      database,
      `select count(*)::int as found from ${table} as one where position('${token}' in one::text) > 0`,
    );
    expect(row?.found).toBe(0);
  }
  expect(readFileSync(path.join(project.folder, ".gantry/logs/server.log"), "utf8")).not.toContain(token);
});

test("a freeze stops a release, and is lifted on record by who may", async () => {
  const lift = (as: string) =>
    project.run("freeze", "lift", "the move", "--env", "frozen", "--for", "1h", "--because", "the outage", "--as", as);
  const refused = await told(project, "release", "api", "--to", "frozen");
  expect([refused.status, refused.error?.code]).toEqual([1, "frozen"]);
  expect((await lift("stranger@shop.example")).status).toBe(4);
  expect((await lift("lead@shop.example")).status).toBe(0);
  const { status, release } = await told(project, "release", "api", "--to", "frozen", "--wait");
  expect([status, release.phase]).toEqual([0, "watching"]);
  expect(JSON.stringify(release.record)).toContain("lead@shop.example has lifted the move");
  const { events } = await project.json<{ events: { kind: string; because: string }[] }>("events", "frozen", "--kind", "freeze");
  expect(events.map(({ kind, because }) => [kind, because])).toEqual([["freeze.lifted", "the outage"]]);
});

test("where one stops before the other starts there is a gap, and nothing but the gap", async () => {
  const traffic = startLoad(await portOf(project, "gap", "api"), 100);
  writeVersion(project, "after");
  const { status, release } = await told(project, "release", "api", "--to", "gap", "--wait");
  await until(
    "the new one",
    () => traffic.seen(),
    ({ answers: given }) => (given["after 200"] ?? 0) > 20,
  );
  const seen = await traffic.stop();
  expect([status, release.phase, release.because]).toEqual([0, "watching", undefined]);
  expect(seen.lost).toEqual([]);
  expect(Object.keys(seen.answers).toSorted()).toEqual(["503", "after 200", "one 200"]);
  // Back by the same way: with room for one only, too.
  expect((await project.run("rollback", "api", "--to", "gap")).status).toBe(0);
  expect(Object.keys(await serving(project, "gap", "api"))).toEqual([release.changes[0]?.from]);
});

test("a freeze that somebody begins stops what is on its way, and a way back only where it says so", async () => {
  const frozen = (...more: string[]) =>
    project.json<{ id: string }>(
      "freeze",
      "begin",
      "--env",
      "held",
      "--for",
      "1h",
      "--because",
      "the auditors are here",
      ...more,
    );
  writeVersion(project, "stopped");
  const begun = await told(project, "release", "api", "--to", "held");
  await until(
    "a question to people",
    async () => (await told(project, "rollout", "status", begun.release.id)).release,
    ({ answers: given }) => Object.keys(given).some((id) => id.includes("approval")),
  );
  const { id } = await frozen();
  expect((await project.run("approve", "--env", "held", "--as", "lead@shop.example")).status).toBe(0);
  const { status, release } = await told(project, "rollout", "status", begun.release.id, "--watch");
  expect([status, release.phase]).toEqual([1, "degraded"]);
  expect(release.because).toMatch(/^"no freeze stops this promote" failed: the freeze of .* the auditors are here$/);
  expect((await told(project, "release", "api", "--to", "held")).error?.code).toBe("frozen");
  const other = await frozen("--stops", "rollback");
  expect((await told(project, "rollback", "api", "--to", "held")).error?.code).toBe("frozen");
  expect((await project.run("freeze", "end", other.id, "--env", "held")).status).toBe(0);
  expect((await told(project, "rollback", "api", "--to", "held", "--further")).status).toBe(0);
  expect((await project.run("freeze", "end", id, "--env", "held")).status).toBe(0);
}, 60_000);

test("what is taken down while it migrates leaves no session and no process of it, and its database as it was", async () => {
  writeVersion(project, "asleep");
  const server = await ensurePostgres({ folder: path.join(project.folder, ".gantry/postgres"), wanted: 16 });
  const database = server.superuserUrl();
  const migrating = async () =>
    (
      await query<{ found: number }>(
        database,
        "select count(*)::int as found from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
      )
    )[0]?.found;
  writeFileSync(path.join(project.folder, "migrations/0003_slow.sql"), "create table half (id int); select pg_sleep(600);\n");
  const begun = await told(project, "release", "ledger", "--to", "rehearsal");
  await until("the migration", migrating, (found) => found === 1);
  expect((await project.run("down", "rehearsal")).status).toBe(0);
  expect(await migrating()).toBe(0);
  const [own] = await query<{ name: string }>(
    database,
    "select datname as name from pg_database where datname like 'shop%rehearsal%db'",
  );
  expect(await query(server.superuserUrl(own?.name), "select to_regclass('half') is null as undone")).toEqual([{ undone: true }]);
  const { release } = await told(project, "rollout", "status", begun.release.id);
  expect([release.phase, release.because]).toEqual(["degraded", "the environment was taken down"]);
  rmSync(path.join(project.folder, "migrations/0003_slow.sql"));
  expect((await project.run("up", "rehearsal", "--speed", "300")).status).toBe(0);
}, 60_000);

test("a rollback refuses where the database has moved on so that the old revision may not run, also weeks later, and goes where it only grew", async () => {
  const migration = (name: string, sql: string) => writeFileSync(path.join(project.folder, "migrations", name), `${sql};\n`);
  const release = async (version: string) => {
    writeVersion(project, version);
    return told(project, "release", "ledger", "--to", "rehearsal", "--wait");
  };
  const back = (...more: string[]) => told(project, "rollback", "ledger", "--to", "rehearsal", ...more);
  expect((await release("before")).status).toBe(0);
  const before = await serving(project, "rehearsal", "ledger");
  migration("0004_more.sql", "alter table entry add column grown text not null default 'x'");
  expect((await release("grown")).status).toBe(0);
  expect((await back()).status).toBe(0);
  expect(await serving(project, "rehearsal", "ledger")).toEqual(before);

  migration("0005_less.sql", "create table other (id int);\nalter table entry\n  drop column grown, drop column text");
  const shrunk = await release("shrunk");
  expect(shrunk.status).toBe(0);
  const refused = await back();
  expect([refused.status, refused.error?.code]).toEqual([1, "moved-on"]);
  expect(refused.error?.message).toContain("db has had 0005_less.sql since");
  expect(refused.error?.message).toContain('"alter table entry drop column grown, drop column text" drops the column entry.text');
  expect(await serving(project, "rehearsal", "ledger")).toEqual({ [shrunk.release.changes[0]?.to ?? ""]: 100 });
  // Weeks later nothing of it is watched any more, and whoever has written it has thrown it away.
  expect((await project.run("up", "rehearsal", "--speed", "300")).status).toBe(0);
  rmSync(path.join(project.folder, "migrations/0005_less.sql"));
  expect((await back()).error?.code).toBe("moved-on");
  // By whatever name it is asked for.
  const [old = ""] = Object.keys(before);
  const anew = (...more: string[]) => told(project, "release", `ledger=${old}`, "--to", "rehearsal", ...more);
  expect((await anew()).error?.code).toBe("moved-on");
  expect((await project.run("release", `ledger=${old}`, "--to", "rehearsal", "--dry-run")).out).toContain(
    "drops the column entry.text",
  );
  expect((await anew("--force")).status).toBe(2);

  expect((await back("--force")).status).toBe(2);
  expect((await back("--force", "--reason", "nothing reads it")).status).toBe(0);
  expect(await serving(project, "rehearsal", "ledger")).toEqual(before);
  const { events } = await project.json<{ events: { kind: string; because: string; actorKnown: string }[] }>(
    "events",
    "rehearsal",
    "--kind",
    "release.forced-back",
  );
  expect(events.map(({ because, actorKnown }) => [because, actorKnown])).toEqual([["nothing reads it", "login"]]);
}, 120_000);
