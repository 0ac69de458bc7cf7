import { afterAll, beforeAll, expect, test } from "vitest";
import { makeExampleProject } from "../support/example-project.ts";
import { artifactsOf, reportPassed, writeCode } from "../support/example-releases.ts";
import { type Load, startLoad } from "../support/load.ts";
import { type Project } from "../support/platform.ts";
import { portOf, told } from "../support/releases.ts";

let project: Project;
const loads: Load[] = [];
const t0 = performance.now();
const say = (...what: unknown[]) => console.log(Math.round((performance.now() - t0) / 100) / 10, ...what);
const speed = process.env["SPEED"] ?? "150";
beforeAll(async () => {
  project = makeExampleProject("bytereview");
  writeCode(project, "services/api.ts", "one", "latency=15ms±4");
  await project.json("up", "staging", "prod", "--speed", speed);
  say("up");
}, 120_000);
afterAll(async () => {
  await Promise.all(loads.map((one) => one.stop()));
  await project.remove();
}, 60_000);
const show = (r: Awaited<ReturnType<typeof told>>) => {
  say(r.status, r.error, r.release?.phase, r.release?.because, JSON.stringify(r.release?.exposure));
  for (const one of r.release?.record ?? []) console.log("   ", new Date(one.atMs).toISOString().slice(17, 23), one.what, one.because ?? "");
};

test("explore", { timeout: 300_000 }, async () => {
  const rate = Number(process.env["RATE"] ?? 200);
  const [sp, pp] = [await portOf(project, "staging", "api"), await portOf(project, "prod", "api")];
  const staging = startLoad(sp, rate / 2, { path: "/api/documents" });
  const prod = startLoad(pp, rate, { path: "/api/documents" });
  loads.push(staging, prod);
  const checks = ["pytest", "vitest", "bandit", "semgrep", "migrations", "terraform"];
  writeCode(project, "services/api.ts", "two", "latency=15ms±4");
  const artifacts = await artifactsOf(project, "staging", ["api"]);
  await reportPassed(project, checks, artifacts);
  say("reported", artifacts);
  const dry = await project.run("release", "api", "--to", "prod", "--dry-run");
  console.log(dry.out, dry.err);
  show(await told(project, "release", "api", "--to", "staging", "--wait"));
  say("staging load", await staging.stop());
  show(await told(project, "release", "api", "--to", "prod", "--wait"));
  say("prod load", await prod.stop());
  for (const faults of (process.env["FAULTS"] ?? "errors=50%;errors=5%;errors=2%").split(";")) {
    writeCode(project, "services/api.ts", faults, `latency=15ms±4,${faults}`);
    await reportPassed(project, checks, await artifactsOf(project, "staging", ["api"]));
    const load = startLoad(sp, rate, { path: "/api/documents" });
    loads.push(load);
    say(faults);
    show(await told(project, "release", "api", "--to", "staging", "--wait"));
    say(await load.stop());
  }
});
