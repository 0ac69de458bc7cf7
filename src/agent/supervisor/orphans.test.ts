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

/** A supervisor in a process of its own, up to when its units are ready. */
async function agentWith(names: readonly string[], ...more: readonly string[]) {
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
  const specs = names.map((CHILD) =>
    unit("serves.mjs", { key: `dev/${CHILD}/1`, env: { CHILD, IGNORE_TERM: "1" }, drainMs: more.length > 0 ? 50 : 60_000 }),
  );
  const script = path.join(fixtures, "holds-units.mjs");
  const agent = spawn(process.execPath, [script, pathToFileURL(bundle).href, JSON.stringify({ folder, mark, specs }), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => endOrphans([], { mark, graceMs: 0 }).then(() => undefined));
  await once(agent.stdout, "data");
  const left = (): readonly SupervisedProcess[] =>
    JSON.parse(readFileSync(path.join(folder, "pids.json"), "utf8")) as SupervisedProcess[];
  return { agent, mark, left };
}

test("after close nothing keeps the agent alive, and nothing of it runs", async () => {
  const { agent, mark, left } = await agentWith(["stays"], "ends");
  expect(await once(agent, "exit")).toEqual([0, null]);
  expect(left()).toEqual([]);
  expect(markedProcesses(`${mark}/`)).toEqual([]);
});

test("after a kill -9 of the agent, endOrphans leaves nothing of it behind", async () => {
  const { agent, mark, left: written } = await agentWith(["stays", "leaves"]);
  agent.kill("SIGKILL");
  await once(agent, "exit");

  const left = written();
  expect(left.map((one) => one.key)).toEqual(["dev/stays/1", "dev/leaves/1"]);
  expect(left.map(isRunning)).toEqual([true, true]);
  const all = markedProcesses(`${mark}/`);
  if (process.platform === "linux") expect(all).toHaveLength(4);

  const ended = await endOrphans(left, { mark, graceMs: 50 });
  expect(ended).toEqual(expect.arrayContaining(left.map((one) => one.pid)));
  expect(left.map(isRunning)).toEqual([false, false]);
  expect(all.map(identityOf)).toEqual(all.map(() => undefined));
});
