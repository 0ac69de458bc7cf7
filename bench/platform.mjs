// How long the local platform takes: `gantry up` of ByteReview's production, the first time and again, beside what its parts cost
// by themselves; and 100,000 requests over switches and kills, and many ups and downs, as the tests do them in small.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { median, times, whole } from "./measure.mjs";
import { agentSocketIn, noLoss } from "./no-loss.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const main = path.join(root, "dist/run/main.js");

/** A copy of a product in a place of its own, with a home of its own. */
export function project(copy) {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "gantry-bench-up-")));
  const folder = copy(base);
  const env = {
    ...process.env,
    HOME: base,
    XDG_CONFIG_HOME: path.join(base, "config"),
    XDG_RUNTIME_DIR: path.join(base, "run"),
    NO_COLOR: "1",
  };
  const gantry = (...args) => {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`gantry ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
    return { ms: performance.now() - begun, out: stdout, err: stderr };
  };
  /** The same while this process goes on; how it ended is for its caller to judge. */
  const run = (...args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
      let [out, err] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
      child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, out, err }));
    });
  return {
    folder,
    env,
    gantry,
    run,
    remove() {
      spawnSync(process.execPath, [main, "down", "--data"], { cwd: folder, env });
      rmSync(base, { recursive: true, force: true });
    },
  };
}

const byteReview = () =>
  project((base) => {
    for (const name of ["bytereview", "shared"])
      cpSync(path.join(root, "examples", name), path.join(base, "examples", name), {
        recursive: true,
        filter: (from) => !from.includes(".gantry"),
      });
    symlinkSync(path.join(root, "node_modules"), path.join(base, "node_modules"));
    return path.join(base, "examples/bytereview");
  });

const shop = () =>
  project((base) => {
    const folder = path.join(base, "shop");
    cpSync(path.join(root, "test/fixtures/platform"), folder, { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  });

/** The steps that `up` told, the longest first. */
function partsOf(told) {
  const parts = [...told.matchAll(/✓ (.+?): (.+?) (\d+(?:\.\d+)? m?s)$/gm)].map(([, subject, did, took]) => ({
    text: `${subject} ${did} ${took}`,
    ms: took.endsWith(" ms") ? Number.parseFloat(took) : Number.parseFloat(took) * 1_000,
  }));
  return parts
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 6)
    .map((one) => one.text)
    .join(", ");
}

/** As many bare Node processes at once as the environment has: what starting them costs in any case. */
async function bareProcesses(count) {
  const begun = performance.now();
  await Promise.all(
    Array.from(
      { length: count },
      () => new Promise((resolve) => spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }).once("exit", resolve)),
    ),
  );
  return performance.now() - begun;
}

export async function measureUp(say) {
  const rows = [];
  const first = [];
  const warm = [];
  const same = [];
  const bare = [];
  let coldParts = "";
  let warmParts = "";
  for (let round = 0; round < 3; round += 1) {
    const one = byteReview();
    try {
      const cold = one.gantry("up", "prod");
      first.push(cold.ms);
      coldParts = partsOf(cold.err);
      for (let again = 0; again < 2; again += 1) {
        one.gantry("down");
        bare.push(await bareProcesses(8));
        const up = one.gantry("up", "prod");
        warm.push(up.ms);
        warmParts = partsOf(up.err);
      }
      same.push(one.gantry("up", "prod").ms);
    } finally {
      one.remove();
    }
    say(`up, round ${round + 1}: first ${whole(first.at(-1))}, warm ${whole(warm.at(-1))}, again ${whole(same.at(-1))}`);
  }
  const beside = `8 bare Node processes at once: ${whole(median(bare))}`;
  const spread = (all) => `${whole(median(all))} (${whole(Math.min(...all))} to ${whole(Math.max(...all))})`;
  rows.push([
    "`gantry up prod` of ByteReview, the first time",
    spread(first),
    `${beside}; parts: ${coldParts}`,
    times(median(first) / median(bare)),
    "under 10 s",
    Math.max(...first) < 10_000,
  ]);
  rows.push([
    "the same, warm: everything was down, the data there",
    spread(warm),
    `${beside}; parts: ${warmParts}`,
    times(median(warm) / median(bare)),
    "under 3 s",
    Math.max(...warm) < 3_000,
  ]);
  rows.push(["the same, when it is up already", spread(same), beside, times(median(same) / median(bare)), "–", true]);
  return rows;
}

export function measurePreview(say) {
  const { ms, spreadMs, bytes, syncedCopyMs, syncedRatio, templateMs } = JSON.parse(
    execFileSync(process.execPath, [path.join(root, "bench/preview.mjs")], { encoding: "utf8" }),
  );
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  say(`a copy of ${size}: ${ms} ms`);
  const one = shop();
  try {
    writeFileSync(
      path.join(one.folder, "migrations/0002_many.sql"),
      "insert into note (text) select string_agg(md5(random()::text), '') from generate_series(1, 1200000) i group by i % 40000;\n",
    );
    one.gantry("up", "dev");
    // The first finds no template yet, or waits for it.
    one.gantry("preview", "create", "first");
    const took = [];
    for (let turn = 0; turn < 7; turn += 1) {
      took.push(one.gantry("preview", "create", `p-${turn}`).ms);
      one.gantry("preview", "delete", `p-${turn}`);
    }
    say(`gantry preview create: ${whole(median(took))}`);
    return [
      [
        `database of a preview, ${size}: cloned, with accounts of its own, until its service was answered`,
        `${whole(ms)} (${spreadMs.map(whole).join(" to ")})`,
        `the same bytes copied and written through (\`cp\`, \`sync\`): ${whole(syncedCopyMs)}; its template, made while nobody waits: ${whole(templateMs)}`,
        times(syncedRatio),
        "under 1 s",
        ms < 1_000,
      ],
      [
        "`gantry preview create` as a whole, until its hosts take requests: four services, database of 40 MB, buckets, redis",
        `${whole(median(took))} (${whole(Math.min(...took))} to ${whole(Math.max(...took))})`,
        `the copy of the bytes: ${whole(syncedCopyMs)}`,
        times(median(took) / syncedCopyMs),
        "under 1 s",
        median(took) < 1_000,
      ],
    ];
  } finally {
    one.remove();
  }
}

export async function measureLoss(say, requests = 100_000) {
  const one = shop();
  try {
    one.gantry("up", "dev");
    const file = path.join(one.folder, "services/api.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace("{ none: true }", "{ none: 2 }"));
    const up = JSON.parse(one.gantry("up", "dev", "--json").out);
    const port = up.environments[0].services.find((service) => service.service === "api").port;
    const server = Number(execFileSync("pgrep", ["-f", `server.js ${one.folder}`], { encoding: "utf8" }).split("\n", 1)[0]);
    const outcome = await noLoss({
      agentSocket: agentSocketIn(path.join(one.env.XDG_RUNTIME_DIR, "gantry")),
      environment: "dev",
      service: "api",
      port,
      requests,
      perSecond: 1_000,
      switches: 50,
      target: "/api/who",
      killControl: { agentState: path.join(one.folder, ".gantry/agent.json"), kill: () => process.kill(server, "SIGKILL") },
    });
    const excused = outcome.failed.filter(({ id }) => outcome.killed.inFlight.has(id)).length;
    const unexcused = outcome.failed.length - excused;
    say(
      `${requests} requests: ${outcome.answered} answered, ${outcome.failed.length} failed (${excused} in flight at the kill), ${outcome.lost} lost`,
    );
    return [
      [
        `${requests.toLocaleString("en")} requests at 1,000/s over 50 switches, control killed, a serving process killed`,
        `${unexcused + outcome.lost} lost or failed`,
        `in flight when the process was killed: ${outcome.killed.inFlight.size}, of which failed: ${excused}; p99 ${outcome.p99Ms.toFixed(1)} ms`,
        "–",
        "0 besides those in flight on the killed process",
        unexcused + outcome.lost === 0,
      ],
    ];
  } finally {
    one.remove();
  }
}

export function measureCycles(say, cycles = Number(process.env["GANTRY_BENCH_CYCLES"] ?? 200)) {
  const one = shop();
  try {
    const took = [];
    one.gantry("up", "dev");
    one.gantry("down");
    const before = filesOf(one.folder);
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const begun = performance.now();
      one.gantry("up", "dev");
      one.gantry("down");
      took.push(performance.now() - begun);
    }
    // The server answers before it goes itself.
    let left = "";
    for (const until = Date.now() + 3_000; Date.now() < until;) {
      left = spawnSync("pgrep", ["-f", one.folder], { encoding: "utf8" }).stdout.trim();
      if (left === "") break;
    }
    const grown = filesOf(one.folder).filter((file) => !before.includes(file));
    const sockets = readdirSync(path.join(one.env.XDG_RUNTIME_DIR, "gantry"));
    say(
      `${cycles} cycles: ${whole(median(took))} each; left: ${left === "" ? "no process" : left}, ${sockets.length} sockets, ${grown.length} new files`,
    );
    return [
      [
        `${cycles} × \`gantry up\` and \`gantry down\``,
        `${whole(median(took))} a cycle`,
        `left behind: ${left === "" ? "no process" : "processes"}, ${sockets.length} sockets, ${grown.length} files that were not there after the first`,
        "–",
        "nothing left",
        left === "" && sockets.length === 0 && grown.length === 0,
      ],
    ];
  } finally {
    one.remove();
  }
}

/** All files but what Postgres keeps inside of itself, which it makes and removes as it likes. */
function filesOf(folder) {
  return readdirSync(path.join(folder, ".gantry"), { recursive: true })
    .map(String)
    .filter((name) => !name.startsWith("postgres/"))
    .toSorted();
}
