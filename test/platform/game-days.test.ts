import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadReport } from "../../src/cli/load/load-command.ts";
import { type Project, makeProject } from "../support/platform.ts";

// Load and game days, in an environment of a small product that runs sixty times as fast as it says.

let project: Project;
beforeAll(async () => {
  project = makeProject("played");
  const up = await project.run("up", "staging", "--speed", "60");
  expect(up.status, up.err).toBe(0);
}, 120_000);
afterAll(() => project.remove(), 60_000);

const words = (line: string): readonly string[] => line.split(" ");

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
