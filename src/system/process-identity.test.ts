import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { markedProcesses, processMark, signalGroup } from "./process-group.ts";
import { endOrphans, identityOf, isRunning } from "./process-identity.ts";
import { parsePs, processRow } from "./process-table.ts";

const idle = "process.stdout.write('up\\n'); setInterval(() => undefined, 1_000);";
const stubborn = `process.on("SIGTERM", () => undefined); ${idle}`;

async function started(script: string, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, ["-e", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, ...env },
  });
  const pid = child.pid ?? 0;
  onTestFinished(() => void signalGroup(pid, "SIGKILL"));
  await once(child.stdout, "data");
  return pid;
}

function known(pid: number): { pid: number; identity: string } {
  return { pid, identity: identityOf(pid) ?? "" };
}

test("a process keeps its identity, and another has another", async () => {
  const pid = await started(idle);
  expect(identityOf(pid)).toBe(identityOf(pid));
  expect(identityOf(pid)).not.toBe(identityOf(process.pid));
  expect(isRunning(known(pid))).toBe(true);
  expect(identityOf(0)).toBeUndefined();
  expect(identityOf(-1)).toBeUndefined();
  expect(identityOf(2 ** 30)).toBeUndefined();
});

test("orphans are gone when endOrphans comes back, those that ignore the request too", async () => {
  const left = [known(await started(idle)), known(await started(stubborn))];
  expect(await endOrphans(left, { graceMs: 100 })).toEqual(left.map((one) => one.pid));
  expect(left.map(isRunning)).toEqual([false, false]);
  expect(await endOrphans(left)).toEqual([]);
});

test("a process that got the id of one that is gone is left alone", async () => {
  const pid = await started(idle);
  expect(await endOrphans([{ pid, identity: "another-start@1" }], { graceMs: 100 })).toEqual([]);
  expect(identityOf(pid)).toBeDefined();
});

test("ids that stand for everybody are never signalled", () => {
  for (const group of [0, 1, -1, Number.NaN, 1.5]) expect(signalGroup(group, 0)).toBe(false);
});

test.skipIf(process.platform !== "linux")("what left its group is found by its mark, and only that", async () => {
  const inner = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stubborn)}], { detached: true, stdio: ["ignore", "inherit", "ignore"] })`;
  const mark = `test-${process.pid}-${performance.now()}`;
  const leaver = await started(inner, { [processMark]: `${mark}/1` });
  const other = await started(idle, { [processMark]: `${mark}0/1` });
  expect(markedProcesses(`${mark}/`)).toContain(leaver);
  await endOrphans([], { mark, graceMs: 50 });
  expect(markedProcesses(`${mark}/`)).toEqual([]);
  expect(identityOf(other)).toBeDefined();
});

test("what ps prints is read as what the system tells itself", () => {
  expect(
    parsePs("  512   510 Ss      1024 01:02.50 Sat Nov 21 06:58:53 2026\n  9 9 Z 0 2-03:04:05 Sat Nov 21 06:58:53 2026  \nPID\n"),
  ).toEqual([
    { pid: 512, group: 510, ended: false, rssBytes: 1_048_576, cpuMs: 62_500, startedAt: "Sat Nov 21 06:58:53 2026" },
    { pid: 9, group: 9, ended: true, rssBytes: 0, cpuMs: 183_845_000, startedAt: "Sat Nov 21 06:58:53 2026" },
  ]);
});

test.skipIf(process.platform !== "linux")("a name in parentheses does not confuse what stands behind it", async () => {
  const pid = await started(`process.title = "a) S 1 (b"; ${idle}`);
  expect(processRow(pid)).toMatchObject({ pid, group: pid, ended: false });
});
