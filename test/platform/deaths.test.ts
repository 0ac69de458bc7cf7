import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seeded } from "../support/chaos/at-random.ts";
import { after, during, prepare, releaseUnderKills } from "../support/chaos/local.ts";
import { type Project, makeProject, processesOf } from "../support/platform.ts";

let project: Project;
beforeAll(async () => {
  project = makeProject("releases");
  prepare(project);
  await project.json("up", "trial", "--speed", "300");
}, 120_000);
afterAll(() => project.remove());

function killServer(): boolean {
  const server = processesOf(project.folder).find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("server.js");
    } catch {
      return false;
    }
  });
  if (server === undefined) return false;
  process.kill(server, "SIGKILL");
  return true;
}

/** At once: no session is told why, and nothing is written any more. */
function killPostgres(): boolean {
  const file = path.join(project.folder, ".gantry/postgres/18/data/postmaster.pid");
  process.kill(Number(readFileSync(file, "utf8").split("\n", 1)[0]), "SIGQUIT");
  return true;
}

test.skipIf(process.platform !== "linux")(
  "the server dies again and again, and its database once: the release ends as it would have, and nothing is done twice (finds them in /proc)",
  async () => {
    const seed = Number(process.env["GANTRY_SEED"] ?? Date.now() % 1_000_000);
    process.stdout.write(`killed with GANTRY_SEED=${seed}\n`);
    const random = seeded(seed);
    const some = () => after(200 + random() * 1_000, killServer);
    const kills = [during(project, "migrate db", killPostgres), some(), some(), some()];
    const seen = await releaseUnderKills(project, { version: "two", kills });
    expect(seen).toMatchObject({ status: 0, phase: "watching", because: undefined, migrated: 1, lost: [], serves: 100 });
    // The database of the services is gone for a moment with its server.
    expect(seen.answers.filter((answer) => answer !== "one 500")).toEqual(["one 200", "two 200"]);
    const steps = seen.record.filter((entry) => /^\d: step /.test(entry));
    expect(steps).toEqual(["0: step prepare", "1: step start", "2: step preview", "3: step switch", "4: step verify"]);
    for (const done of ["0: snapshot db: pass", "0: migrate db: pass"])
      expect(seen.record.filter((entry) => entry === done)).toEqual([done]);
    // One of each step; again where its server died before it had written down how they ended.
    expect(seen.smokes.filter((line) => line === "ended with 0").length).toBeGreaterThanOrEqual(2);
    expect(seen.smokes.filter((line) => line === "begun").length).toBeLessThanOrEqual(2 + seen.killed);
  },
  240_000,
);
