import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/gantry.ts";
import { followLogs } from "./follow-logs.ts";
import type { LogLine } from "../wire/log-line.ts";
import { readLogs } from "../../test/support/read-logs.ts";
import { logFile } from "./log-folder.ts";

const environment = "dev";

function line(service: string, second: number, text: string, more: object = {}): string {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return `${JSON.stringify({ time, environment, service, revision: "r", replica: "1", stream: "out", line: text, ...more })}\n`;
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, environment));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, environment, name), text);
  return folder;
}

const texts = (lines: readonly LogLine[]): readonly string[] => lines.map((one) => one.line);

const folderOfTwo = (): string =>
  folderWith({
    "api.log.2": line("api", 1, "a1"),
    "api.log.1": line("api", 2, "a2") + line("api", 5, "a5", { trace_id: "t1" }),
    "api.log": `${line("api", 6, "a6")}not a document\n{"time":"x"}\n${line("api", 9, "half").slice(0, 40)}`,
    "worker.log": line("worker", 3, "w3") + line("worker", 5, "w5", { trace_id: "t1" }) + line("worker", 7, "w7"),
    "notes.txt": "something else",
  });

test("lines of all services and files come in the order of time; what is no whole line is passed over", async () => {
  expect(texts(await readLogs(folderOfTwo(), { environment }))).toEqual(["a1", "a2", "w3", "a5", "w5", "a6", "w7"]);
});

test.each([
  [{ service: "api" }, ["a1", "a2", "a5", "a6"]],
  [{ limit: 3 }, ["w5", "a6", "w7"]],
  [{ limit: 0 }, []],
  [{ service: "api", limit: 3 }, ["a2", "a5", "a6"]],
  [{ since: new Date(Date.UTC(2026, 0, 1, 0, 0, 5)) }, ["a5", "w5", "a6", "w7"]],
  [{ trace: "t1" }, ["a5", "w5"]],
  [{ service: "nothing" }, []],
])("only what is asked for: %j", async (options, expected) => {
  expect(texts(await readLogs(folderOfTwo(), { environment, ...options }))).toEqual(expected);
});

test("an environment without a log has no lines, and no name leads out of the folder", async () => {
  expect(await readLogs(temporaryFolder(), { environment })).toEqual([]);
  for (const name of ["..", "../x", "a/b", ""])
    await expect(readLogs(temporaryFolder(), { environment: name })).rejects.toMatchObject({ code: "bad-log-name" });
});

/** What follows says, one after the other, until the test is over. */
function followed(folder: string, options: object = {}): { next: () => Promise<string | undefined>; stop: () => Promise<void> } {
  const controller = new AbortController();
  const lines = followLogs(folder, { environment, everyMs: 5, ...options }, controller.signal);
  return {
    next: async () => (await lines.next()).value?.line,
    async stop() {
      controller.abort();
      expect((await lines.next()).done).toBe(true);
    },
  };
}

async function take(count: number, from: { next: () => Promise<string | undefined> }): Promise<(string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  while (taken.length < count) taken.push(await from.next());
  return taken;
}

test("what is followed begins with the last lines and goes on with what is written, half lines when they are whole", async () => {
  const folder = folderOfTwo();
  const file = logFile(folder, environment, "api");
  const lines = followed(folder, { limit: 2 });
  expect(await take(2, lines)).toEqual(["a6", "w7"]);
  appendFileSync(file, `${line("api", 9, "half").slice(40)}${line("api", 10, "ä").slice(0, -4)}`);
  expect(await lines.next()).toBe("half");
  const next = lines.next();
  appendFileSync(file, line("api", 10, "ä").slice(-4));
  expect(await next).toBe("ä");
  await lines.stop();
});

test("rotations lose no line and show none twice, however many there are between two looks", async () => {
  const folder = folderWith({ "api.log": line("api", 1, "old") });
  const file = logFile(folder, environment, "api");
  const lines = followed(folder, { limit: 10 });
  expect(await lines.next()).toBe("old");
  const rotate = (): void => {
    for (let number = 20; number > 0; number--)
      if (readdirSync(path.dirname(file)).includes(`api.log.${number}`)) renameSync(`${file}.${number}`, `${file}.${number + 1}`);
    renameSync(file, `${file}.1`);
  };
  const expected: string[] = [];
  let number = 0;
  for (const rotations of [0, 1, 3, 0, 2]) {
    for (let round = 0; round <= rotations; round++) {
      if (round > 0) rotate();
      for (let count = 0; count < 3; count++) {
        const text = String(++number);
        expected.push(text);
        appendFileSync(file, line("api", 2, text));
      }
    }
    expect(await take(expected.length, lines)).toEqual(expected.splice(0));
  }
  await lines.stop();
});

test("a log that is removed, emptied or only begun later is followed all the same", async () => {
  const folder = temporaryFolder();
  const lines = followed(folder, { since: new Date(0) });
  const first = lines.next();
  mkdirSync(path.join(folder, environment));
  const file = logFile(folder, environment, "api");
  writeFileSync(file, line("api", 1, "one") + line("api", 1, "two"));
  expect([await first, await lines.next()]).toEqual(["one", "two"]);
  rmSync(file);
  writeFileSync(file, line("api", 2, "three"));
  expect(await lines.next()).toBe("three");
  await lines.stop();
});

test("without a beginning only what is new is shown, filtered", async () => {
  const folder = folderOfTwo();
  const lines = followed(folder, { service: "worker", trace: "t2" });
  const next = lines.next();
  const file = logFile(folder, environment, "worker");
  const writing = setInterval(
    () => appendFileSync(file, line("worker", 8, "no") + line("worker", 9, "yes", { trace_id: "t2" })),
    5,
  );
  expect(await next).toBe("yes");
  clearInterval(writing);
  await lines.stop();
});
