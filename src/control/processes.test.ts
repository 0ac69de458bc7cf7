import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../test/support/gantry.ts";
import { startDetached } from "./processes.ts";

test("one that is killed while it starts is started again", async () => {
  const folder = temporaryFolder();
  const [file, socket, starts] = ["server.mjs", "socket", "starts"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(
    file,
    `import { appendFileSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
appendFileSync(${JSON.stringify(starts)}, process.pid + "\\n");
if (readFileSync(${JSON.stringify(starts)}, "utf8").trim().split("\\n").length < 3) process.kill(process.pid, "SIGKILL");
createServer((_, response) => response.end("{}")).listen(${JSON.stringify(socket)});
`,
  );
  const pids = (): readonly number[] => (existsSync(starts) ? readFileSync(starts, "utf8").trim().split("\n").map(Number) : []);
  onTestFinished(() => {
    const last = pids().at(-1);
    if (last !== undefined) process.kill(last, "SIGKILL");
  });
  await startDetached({ file, args: [], log: path.join(folder, "log"), socket });
  expect(pids()).toHaveLength(3);
});
