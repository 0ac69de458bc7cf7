import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadReport } from "../../src/cli/load/load-report.ts";
import { beginDay, dayOf, daysEnded, stopped, words } from "../support/game-days.ts";
import { type Project, makeProject, until } from "../support/platform.ts";
import { serving } from "../support/releases.ts";

// Load and game days, in an environment of a small product that runs sixty times as fast as it says.

let project: Project;
beforeAll(async () => {
  project = makeProject("played");
  const up = await project.run("up", "staging", "--speed", "60");
  expect(up.status, up.err).toBe(0);
}, 120_000);
afterAll(() => project.remove(), 60_000);

test("the load test of the spec asserts what it says", async () => {
  const rush = await project.json<LoadReport>(...words("load staging --for 5s --path /slow"));
  expect([
    rush.service,
    rush.exercise,
    rush.notAsserted,
    rush.verdicts.map(({ expectation, verdict }) => [expectation, verdict]),
  ]).toEqual([
    "api",
    "rush",
    ["cost"],
    [
      ["scaling(api)", "pass"],
      ["alerts are quiet", "pass"],
    ],
  ]);
  expect((await project.run(...words("load staging hush"))).err).toContain('did you mean "rush"?');
});

test("a load is held to what is expected of replicas, alerts, errors and times", async () => {
  const asked = "replicas(api) > 1|alert(API errors) is quiet|errors < 1%|p50 > 80ms".split("|");
  const slow = await project.json<LoadReport>(
    ...words("load staging --rps 80 --for 4s --path /slow"),
    ...asked.flatMap((one) => ["--expect", one]),
  );
  expect([slow.verdicts.map(({ verdict }) => verdict), slow.failed, slow.classes]).toEqual([
    ["pass", "pass", "pass", "pass"],
    0,
    { "2xx": slow.due },
  ]);
  const wrong = words("load staging --rps 60 --for 6s --path /broken --json");
  const broken = await project.run(...wrong, "-x", "alert(API errors) fires", "-x", "errors < 1%");
  const seen = JSON.parse(broken.out) as LoadReport;
  expect([broken.status, seen.verdicts.map(({ verdict }) => verdict)]).toEqual([1, ["pass", "fail"]]);
  expect(seen.errors).toEqual({ "status 500": seen.due });
  expect(Object.keys(seen.firing)).toEqual(["API errors"]);
});

test("what cannot be sent or held to anything is refused before anything is sent", async () => {
  for (const [args, words] of [
    [["--rps", "1e9"], "is no traffic"],
    [["--rps", "30000"], "is more than one process sends"],
    [["--ramp", "5"], "says nothing"],
    [["--path", "api"], "is no path"],
    [["--header", "host: x\r\ny: z"], "cannot be sent"],
    [["--service", "apj"], 'did you mean "api"?'],
    [["--expect", "replicas(apj) > 1"], 'did you mean "api"?'],
    [["--expect", "alert(API error) fires"], 'did you mean "API errors"?'],
    [["--for", "0s"], "is no such span"],
  ] as const) {
    const { status, err } = await project.run("load", "staging", ...args);
    expect([args, status, err.includes(words), err]).toEqual([args, 2, true, err]);
  }
  expect((await project.run("load", "nowhere")).status).toBe(2);
});

test("the game day of the spec: the release that it makes ill is taken back as its rehearsal says, and all is as it was", async () => {
  const before = await serving(project, "staging", "api");
  const { status, day } = await dayOf(project, "staging --exercise back");
  expect([status, day.ok, day.release?.takenBack, day.recovered.not]).toEqual([0, true, true, []]);
  expect(day.hypothesis?.takenBack.from).toBeGreaterThan(0.9);
  expect(day.verdicts).toMatchObject([{ expectation: "it goes back", verdict: "pass", because: /^by its policy: / }]);
  // Only what was released was ill.
  expect(day.during.failed).toBe(day.release?.exposure["api"]?.errors);
  expect(day.people).toEqual(["notice it by the alerts alone", "go back where the policy does not"]);
  expect(await serving(project, "staging", "api")).toEqual(before);
});

test("processes that are killed or stand still, and a database that is gone, come back", async () => {
  const killed = await dayOf(project, "staging api --fault api:kill --for 3s");
  expect([killed.status, killed.err]).toEqual([0, ""]);
  expect(killed.day.faults).toEqual([{ text: "api:kill", active: true, hits: 1 }]);
  const gone = await dayOf(project, "staging ledger --fault db:down+2s --for 3s --traffic 20rps", "-x", "errors > 1%");
  expect([gone.status, gone.day.recovered.not, gone.day.verdicts[0]?.verdict]).toEqual([0, [], "pass"]);
});

test("a command that is killed leaves nothing behind: faults end, what stood still goes on, what it released is taken back", async () => {
  const before = await serving(project, "staging", "api");
  const ended = await daysEnded(project, "staging");
  const { child } = beginDay(project, "staging api --fault api:errors=1% --fault ledger:pause --release --traffic 30rps");
  const pids = () => stopped(project);
  await until("something stands still", pids, (found) => found.length > 0, 60_000);
  await until(
    "the release has traffic",
    () => serving(project, "staging", "api"),
    (found) => Object.keys(found).length > 1,
    60_000,
  );
  child.kill("SIGKILL");
  await until(
    "the end of the faults",
    () => daysEnded(project, "staging"),
    (found) => found === ended + 1,
  );
  await until("nothing stands still", pids, (found) => found.length === 0);
  await until(
    "what served before serves",
    () => serving(project, "staging", "api"),
    (found) => JSON.stringify(found) === JSON.stringify(before),
  );
}, 180_000);

test("what is not there, or cannot be made to happen, is refused", async () => {
  for (const [line, status, said] of [
    ["staging api --fault apj:kill", 2, "did you mean"],
    ["staging api --fault db:kill", 2, "cannot be made to happen"],
    ["staging api --fault smoke", 2, "cannot be made to happen"],
    ["staging api", 2, "say what is to go wrong"],
    ["staging api --fault api:kill --table", 2, "virtual clock"],
    ["staging --exercise bakc", 2, 'did you mean \\"back\\"?'],
    ["staging --exercise rush", 2, "gantry load staging rush"],
    ["staging --exercise moved", 2, "a failover of db within 1h, as its runbook says"],
    ["staging --exercise attack", 2, "zap-baseline.py -t https://staging.shop.example"],
    ["staging --exercise paging", 2, "alert(API errors) fires"],
  ] as const) {
    const { status: exit, out } = await project.run("rehearse", "--live", "--json", ...words(line));
    expect([line, exit, out.includes(said), out]).toEqual([line, status, true, out]);
  }
  expect((await project.run(...words("rehearse nowhere --live --fault api:kill"))).status).toBe(2);
});
