// The ByteReview example on this machine. Its three environments come up, the real ones emulated at sixty times the speed; traffic is sent to
// them, and it ends in the console, where a good and a bad version can be released. Ctrl-C ends it cleanly.
// `--once` does the same without a person: a few seconds of traffic, a verdict, and everything ended.
// `--example <folder>` takes a copy of the example, and `--only <environment>` one of its environments.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepareDemo } from "./demo.mjs";
import { createTraffic } from "./traffic.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values: asked } = parseArgs({
  options: { once: { type: "boolean" }, example: { type: "string" }, only: { type: "string" } },
});
const once = asked.once === true;
const example = path.resolve(asked.example ?? path.join(root, "examples/bytereview"));
const config = path.join(example, "gantry.config.ts");
const environments = asked.only === undefined ? ["dev", "staging", "prod"] : [asked.only];
const say = (text) => process.stdout.write(`${text}\n`);

const gantry = (args, { capture = false } = {}) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(root, "dist/run/main.js"), ...args, "--config", config], {
      cwd: root,
      // Ctrl-C is for this process, which ends what it started.
      detached: process.platform !== "win32",
      stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    });
    let out = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (out += text));
    child.once("close", (status) => resolve({ status: status ?? 1, out }));
  });

let ending;
const stops = [];
const end = (status) =>
  (ending ??= (async () => {
    for (const stop of stops) await stop();
    say("\nEnding it; what was written stays for the next time:");
    const down = await gantry(["down", ...(once ? ["--data"] : [])]);
    process.exit(status === 0 ? down.status : status);
  })());
process.on("SIGINT", () => void end(0));
process.on("SIGTERM", () => void end(0));

say("ByteReview: a product for reviewing documents, described in examples/bytereview/gantry.config.ts.");
say(`Bringing up ${environments.join(", ")} here, as the spec says they are in the cloud:\n`);
const up = await gantry(["up", ...environments, "--speed", "60"]);
if (up.status !== 0) await end(up.status);
const status = JSON.parse((await gantry(["status", "--json"], { capture: true })).out);

// At sixty times the speed a canary is looked at for half a minute: it needs some traffic to be told apart by.
const traffic = createTraffic(status, once ? { requestsPerSecond: 20 } : { requestsPerSecond: 5, reads: { staging: 45 } });
stops.push(() => traffic.stop());
if (once) {
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  await traffic.stop();
  const seen = traffic.seen();
  say(
    `\n${seen.requests} requests in 4 s to ${environments.join(", ")}: ${seen.answered} answered, ${seen.failed} failed; ${seen.reviewed} documents reviewed to the end`,
  );
  const good = seen.failed === 0 && seen.reviewed > 0 && environments.every((one) => (seen.byEnvironment[one] ?? 0) > 0);
  say(good ? "✓ it works here" : "✗ it does not work here: gantry logs says why");
  await end(good ? 0 : 1);
} else {
  say("\nPreparing versions of its API to release, two good ones and a bad one …");
  const offered = await prepareDemo({ root, example, gantry: document }).catch((error) =>
    say(`  none will be offered: ${error.message}`),
  );
  if (offered) stops.push(() => offered.remove());
  const { url } = await document(["open", "--console", "--print"]);
  say(`
The console, by a link that opens once:

  ${url}

It shows what runs where under live traffic, and offers to release a good version and a bad one to staging. Another link, or a look from here:

  cd examples/bytereview
  node ../../dist/run/main.js open --console
  node ../../dist/run/main.js status -w
  node ../../dist/run/main.js rollout status -w --env staging

${status.environments.map((one) => `  ${one.url ?? ""}`).join("\n")}

Ctrl-C ends all of it.
`);
  setInterval(() => {
    const seen = traffic.seen();
    say(
      `${new Date().toISOString().slice(11, 19)}  ${seen.requests} requests, ${seen.failed} failed, ${seen.reviewed} documents reviewed, p95 ${seen.p95Ms} ms`,
    );
  }, 10_000);
}

/** What a command answers, whatever it makes of it. */
async function document(args) {
  const { status: ended, out } = await gantry([...args, "--json"], { capture: true });
  try {
    return JSON.parse(out);
  } catch {
    throw new Error(`gantry ${args[0]} ended with ${ended}`);
  }
}
