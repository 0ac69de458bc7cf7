import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/gantry.ts";
import { createRotatingFile } from "./rotating-file.ts";

const inFolder = (): string => path.join(temporaryFolder(), "dev", "api.log");
const textOf = (file: string): string =>
  readdirSync(path.dirname(file))
    .toSorted((left, right) => Number(/\d+$/.exec(right)?.[0] ?? 0) - Number(/\d+$/.exec(left)?.[0] ?? 0))
    .map((name) => readFileSync(path.join(path.dirname(file), name), "utf8"))
    .join("");

test("a full file makes room for another, the oldest goes, and the rest is whole and in order", async () => {
  const file = inFolder();
  const log = createRotatingFile(file, { maxBytes: 100, files: 3 });
  for (let number = 100; number < 200; number++) log.append(`line ${number}\n`);
  await log.close();
  expect(readdirSync(path.dirname(file)).toSorted()).toEqual(["api.log", "api.log.1", "api.log.2"]);
  for (const name of readdirSync(path.dirname(file)))
    expect(statSync(path.join(path.dirname(file), name)).size).toBeLessThanOrEqual(100);
  const numbers = [...textOf(file).matchAll(/^line (\d+)$/gm)].map((match) => Number(match[1]));
  expect(numbers.at(-1)).toBe(199);
  expect(numbers).toEqual(numbers.map((_, at) => 200 - numbers.length + at));
});

test("only its owner reads it", async () => {
  const file = inFolder();
  const log = createRotatingFile(file);
  log.append("a\n");
  await log.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
});

test("a new writer goes on where the last one ended, and glues nothing to half a line", async () => {
  const file = inFolder();
  mkdirSync(path.dirname(file));
  writeFileSync(file, "whole\nhal");
  const log = createRotatingFile(file);
  log.append("next\n");
  await log.close();
  expect(readFileSync(file, "utf8")).toBe("whole\nhal\nnext\n");
});

test("a file that was taken away is made again", async () => {
  const file = inFolder();
  const log = createRotatingFile(file);
  log.append("one\n");
  await log.flushed();
  rmSync(path.dirname(file), { recursive: true });
  log.append("two\n");
  await log.close();
  expect(readFileSync(file, "utf8")).toBe("two\n");
});

test("lines that the disk does not take are counted and told about, and the rest is written", async () => {
  const file = inFolder();
  // Something stands where the folder should be.
  writeFileSync(path.dirname(file), "");
  const log = createRotatingFile(file, { lost: (lines, why) => `${lines} lost: ${why}\n` });
  log.append("one\ntwo\n");
  await log.flushed();
  rmSync(path.dirname(file));
  log.append("three\n");
  await log.close();
  expect(readFileSync(file, "utf8")).toBe("2 lost: the disk did not take them\nthree\n");
});

test.skipIf(process.platform === "win32")("a slow disk makes those who write wait, and loses nothing", async () => {
  const file = inFolder();
  mkdirSync(path.dirname(file));
  // A pipe that nobody reads stands for a disk that takes nothing for a while.
  execFileSync("mkfifo", [file]);
  const pipe = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const log = createRotatingFile(file, { mostWaitingBytes: 100_000 });
  const line = `${"x".repeat(999)}\n`;
  let appended = 0;
  while (log.append(line)) {
    appended += 1;
    await sleep(0);
  }
  appended += 1;
  expect(appended).toBeLessThan(1_000);
  let hasRoom = false;
  const room = log.whenRoom().then(() => (hasRoom = true));
  await setImmediate();
  expect(hasRoom).toBe(false);
  let read = 0;
  const buffer = Buffer.alloc(65_536);
  const drain = async (): Promise<void> => {
    while (read < appended * line.length) {
      try {
        read += readSync(pipe, buffer);
      } catch {
        await sleep(1);
      }
    }
  };
  await Promise.all([drain(), room]);
  await log.close();
  closeSync(pipe);
  expect(read).toBe(appended * line.length);
});
