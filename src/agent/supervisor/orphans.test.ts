import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { root, temporaryFolder } from "../../../test/support/gantry.ts";
import { fixtures, unit } from "../../../test/support/supervised.ts";
import { markedProcesses } from "../../system/process-group.ts";
import { endOrphans, identityOf, isRunning } from "../../system/process-identity.ts";
import type { SupervisedProcess } from "./supervisor.ts";

test("after a kill -9 of the agent, endOrphans leaves nothing of it behind", async () => {
  const folder = temporaryFolder();
  const bundle = path.join(folder, "supervisor.mjs");
  await build({
    entryPoints: [path.join(root, "src/agent/supervisor/supervisor.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const mark = `test-${process.pid}-${performance.now()}`;
  const specs = ["stays", "leaves"].map((CHILD) =>
    unit("serves.mjs", { key: `dev/${CHILD}/1`, env: { CHILD, IGNORE_TERM: "1" }, drainMs: 60_000 }),
  );
  const agent = spawn(
    process.execPath,
    [path.join(fixtures, "holds-units.mjs"), pathToFileURL(bundle).href, JSON.stringify({ folder, mark, specs })],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => endOrphans([], { mark, graceMs: 0 }).then(() => undefined));
  await once(agent.stdout, "data");
  agent.kill("SIGKILL");
  await once(agent, "exit");

  const left = JSON.parse(readFileSync(path.join(folder, "pids.json"), "utf8")) as SupervisedProcess[];
  expect(left.map((one) => one.key)).toEqual(["dev/stays/1", "dev/leaves/1"]);
  expect(left.map(isRunning)).toEqual([true, true]);
  const all = markedProcesses(`${mark}/`);
  if (process.platform === "linux") expect(all).toHaveLength(4);

  const ended = await endOrphans(left, { mark, graceMs: 50 });
  expect(ended).toEqual(expect.arrayContaining(left.map((one) => one.pid)));
  expect(left.map(isRunning)).toEqual([false, false]);
  expect(all.map(identityOf)).toEqual(all.map(() => undefined));
});
