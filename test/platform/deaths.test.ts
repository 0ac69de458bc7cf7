import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare, releaseUnderKills } from "../support/chaos/local.ts";
import { type Project, makeProject, processesOf } from "../support/platform.ts";

let project: Project;
beforeAll(async () => {
  project = makeProject("releases");
  prepare(project);
  await project.json("up", "trial", "--speed", "300");
}, 60_000);
afterAll(() => project.remove());

const kill = (): boolean => {
  const server = processesOf(project.folder).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js"));
  if (server === undefined) return false;
  process.kill(server, "SIGKILL");
  return true;
};

describe.skipIf(process.platform !== "linux")("a server that dies (found in /proc)", () => {
  test("ref", async () => {
    const t = performance.now();
    const seen = await releaseUnderKills(project, { version: "two", killsAfterMs: [], kill });
    console.log(performance.now() - t, seen);
    const t2 = performance.now();
    const seen2 = await releaseUnderKills(project, { version: "three", killsAfterMs: [300, 1000, 1500, 1500], kill });
    console.log(performance.now() - t2, seen2);
    const t3 = performance.now();
    const seen3 = await releaseUnderKills(project, { version: "four", failingShare: 0.5, killsAfterMs: [500, 1500, 1500], kill });
    console.log(performance.now() - t3, seen3);
  });
});
