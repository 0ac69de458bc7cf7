import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TaskSeen } from "../../../delivery/observed.ts";
import { type CommandLine, runCommand } from "./run-command.ts";
import { type TaskWork, type Tasks, createTasks } from "./tasks.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-tasks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const command =
  (text: string, more: Partial<CommandLine> = {}): TaskWork =>
  (given) =>
    runCommand({ command: text, folder, env: {}, timeoutMs: 20_000, ...more }, given).then(({ tail, ...end }) => ({
      ...end,
      evidence: tail,
    }));

async function ended(tasks: Tasks, id: string): Promise<TaskSeen> {
  for (;;) {
    const seen = tasks.of("run")[id];
    if (seen !== undefined && seen.state !== "running") return seen;
    await sleep(10);
  }
}

async function appears(file: string): Promise<string> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await sleep(10);
  return readFileSync(file, "utf8").trim();
}

const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
};

test("a task that has ended is not run again, by this process or its successor", async () => {
  const once = command("echo ran >> runs; echo said");
  const tasks = createTasks(folder);
  tasks.start("run", "smoke", once);
  tasks.start("run", "smoke", once);
  expect(await ended(tasks, "smoke")).toMatchObject({ state: "passed", evidence: ["said"] });
  tasks.start("run", "smoke", once);
  const successor = createTasks(folder);
  successor.start("run", "smoke", once);
  expect(successor.of("run")["smoke"]?.state).toBe("passed");
  expect(readFileSync(path.join(folder, "runs"), "utf8")).toBe("ran\n");
});

test("one that fails says how, with its last lines", async () => {
  const tasks = createTasks(folder);
  tasks.start("run", "smoke", command("echo first; echo the reason >&2; exit 3"));
  const seen = await ended(tasks, "smoke");
  expect(seen).toMatchObject({ state: "failed", evidence: expect.arrayContaining(["the reason"]) as unknown });
  expect(seen.because).toMatch(/^it ended with status 3 after /);
});

test.runIf(existsSync("/proc"))("one that does not come to its end is ended with all that it started", async () => {
  const tasks = createTasks(folder);
  const below = path.join(folder, "below");
  tasks.start("run", "late", command(`sh -c 'trap "" TERM; echo $$ > ${below}; while :; do sleep 1; done'`, { timeoutMs: 300 }));
  const pid = Number(await appears(below));
  expect(await ended(tasks, "late")).toMatchObject({ state: "failed", because: "it did not end within 0.3 s" });
  while (isAlive(pid)) await sleep(10);
});

test.runIf(existsSync("/proc"))("one that is cancelled has failed, and nothing of it runs", async () => {
  const tasks = createTasks(folder);
  const below = path.join(folder, "below");
  tasks.start("run", "smoke", command(`echo $$ > ${below}; sleep 60`));
  const pid = Number(await appears(below));
  await tasks.cancel("run", "smoke");
  expect(tasks.of("run")["smoke"]).toMatchObject({ state: "failed", because: "it was cancelled" });
  while (isAlive(pid)) await sleep(10);
});

test.runIf(existsSync("/proc"))("one whose process was killed in the middle is ended, and run from its beginning", async () => {
  const former = createTasks(folder);
  const below = path.join(folder, "below");
  // Whoever is killed has no time to end what it started: its successor knows of it by what is written down.
  former.start("run", "smoke", command(`echo $$ > ${below}; sleep 60`));
  const pid = Number(await appears(below));
  const successor = createTasks(folder);
  expect(successor.of("run")["smoke"]).toBeUndefined();
  successor.start("run", "smoke", command("echo again"));
  expect(await ended(successor, "smoke")).toMatchObject({ state: "passed", evidence: ["again"] });
  expect(isAlive(pid)).toBe(false);
});

test("what is written down and cannot be read is not taken for an end", () => {
  const tasks = createTasks(folder);
  writeFileSync(path.join(folder, "junk.json"), "{");
  expect(tasks.of("run")).toEqual({});
});

test("of what it says only the end is kept, and nothing that looks like a secret", async () => {
  const tasks = createTasks(folder);
  const env = { TOKEN_TEXT: ["gh", "p_0123456789abcdefghij0123456789"].join("") };
  tasks.start("run", "loud", command("yes 0123456789 | head -n 100000; echo $TOKEN_TEXT; echo last", { env }));
  const seen = await ended(tasks, "loud");
  const lines = seen.evidence as readonly string[];
  expect([lines.length, lines.at(-1)]).toEqual([40, "last"]);
  expect(lines.join("\n")).not.toContain("abcdefghij");
});

test.runIf(existsSync("/proc"))(
  "a run that is over leaves nothing running, also of a predecessor, and begins nothing any more",
  async () => {
    const tasks = createTasks(folder);
    const hangs = (name: string) => command(`(sleep 600 & echo $! > ${name}; wait) & wait`);
    tasks.start("run", "smoke", hangs("one"));
    const pid = Number(await appears(path.join(folder, "one")));
    const successor = createTasks(folder);
    await successor.endRun("run");
    expect(isAlive(pid)).toBe(false);
    await ended(tasks, "smoke");
    const other = createTasks(folder);
    other.start("other", "smoke", hangs("two"));
    const [second] = [Number(await appears(path.join(folder, "two")))];
    await other.endRun("other");
    expect(isAlive(second)).toBe(false);
    other.start("other", "later", hangs("three"));
    expect(Object.keys(other.of("other"))).toEqual(["smoke"]);
  },
);
