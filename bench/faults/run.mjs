// Bad versions, released by the very specs of the examples under real traffic: whether a policy takes each back, when, and whom it hit. The gates
// that ask for a version's past (checks, staging, approvals) are skipped with a reason: here only what the policy itself sees is shown.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundled } from "../bundled.mjs";
import { project } from "../platform.mjs";
import { faults, policies } from "./cases.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const faultHeadings = [
  "fault",
  "policy",
  "what became of it",
  "after, in the policy's time",
  "it answered, and failed",
  "of all requests",
  "as expected",
];

export async function measureFaults(say) {
  const support = { ...(await bundled("test/support/load.ts")), ...(await bundled("test/support/example-releases.ts")) };
  const chosen = process.env.GANTRY_BENCH_FAULTS?.split(",");
  const rows = [];
  for (const policy of policies) {
    if (chosen !== undefined && !chosen.some((one) => one.split("/")[0] === policy.id)) continue;
    const up = await bringUp(policy, support);
    try {
      for (const fault of faults) {
        const expected = policy.expects[fault.id];
        if (
          expected === undefined ||
          (chosen !== undefined && !chosen.some((one) => one === policy.id || one === `${policy.id}/${fault.id}`))
        )
          continue;
        const told = await releaseOne(up, policy, { fault, expected, support });
        say(told.row.join(" | "));
        if (process.env.GANTRY_BENCH_TELL) say(told.because);
        rows.push(told.row);
      }
    } finally {
      up.remove();
    }
  }
  return rows;
}

async function bringUp(policy, { writeCode, writeSmokeTests }) {
  const one = project((base) => {
    for (const name of [policy.example, "shared"])
      cpSync(path.join(root, "examples", name), path.join(base, name), {
        recursive: true,
        filter: (from) => !/\.gantry$|node_modules|\/infra\//.test(from),
      });
    symlinkSync(path.join(root, "node_modules"), path.join(base, "node_modules"));
    return path.join(base, policy.example);
  });
  const { folder } = one;
  const json = async (...args) => {
    const { status, out, err } = await one.run(...args, "--json");
    if (!out.startsWith("{")) throw new Error(`gantry ${args.join(" ")} ended with ${status}: ${out}${err}`);
    return JSON.parse(out);
  };
  try {
    const config = path.join(folder, "gantry.config.ts");
    if (policy.spec !== undefined) writeFileSync(config, policy.spec(readFileSync(config, "utf8")));
    if (policy.smoke !== undefined) writeSmokeTests({ folder }, policy.smoke);
    writeCode({ folder }, policy.file, "one", policy.usual);
    const up = await json("up", policy.environment, "--speed", String(policy.speed));
    if (up.ok !== true) throw new Error(JSON.stringify(up));
    const { environments } = await json("status", policy.environment);
    return { ...one, json, port: environments[0].services.find(({ service }) => service === policy.asked).port };
  } catch (error) {
    one.remove();
    throw error;
  }
}

async function releaseOne(up, policy, { fault, expected, support }) {
  const { environment, speed } = policy;
  const worker = fault.worker === true;
  const said = [policy.usual, fault.faults?.(policy)]
    .filter((one) => one !== undefined && one !== "" && !(one === policy.usual && fault.replaces))
    .join(",");
  support.writeCode(
    up,
    worker ? policy.workerFile : policy.file,
    `${fault.id} ${Date.now()}`,
    fault.replaces ? fault.faults(policy) : worker ? fault.faults(policy) : said,
  );
  const load = support.startLoad(up.port, policy.perSecond, { path: policy.path });
  try {
    // Traffic of some minutes of the policy's time before it begins.
    await sleep(6_000);
    const before = load.seen().sent;
    const begun = await up.json("release", worker ? policy.worker : policy.service, "--to", environment);
    if (begun.release === undefined) throw new Error(JSON.stringify(begun));
    const { id } = begun.release;
    let release = begun.release;
    // What the version's past would have to answer is answered by hand.
    for (let skips = 0; release.plan.steps[0]?.name === "before" && skips < 40; skips++) {
      const { status } = await up.run("rollout", "skip", id, "--reason", "shown without its past");
      if (status === 0) break;
      await sleep(50);
    }
    while (release.endedAtMs === undefined) {
      await sleep(500);
      ({ release } = await up.json("rollout", "status", id));
    }
    const all = load.seen().sent - before;
    const seen = await load.stop();
    const { requests = 0, errors = 0 } = release.exposure[worker ? policy.worker : policy.service] ?? {};
    const reverted = release.record.find(({ what }) => what === "goes back");
    const step = reverted === undefined ? undefined : (release.plan.steps[reverted.step]?.name ?? "watching");
    const share =
      release.record.find(({ what }) => what.startsWith("the new revisions are ready and have"))?.atMs ?? release.startedAtMs;
    const afterMs = reverted === undefined ? undefined : Math.max(0, reverted.atMs - share);
    const became = reverted === undefined ? "goes through" : `taken back at ${step}, by ${byWhat(reverted.because ?? "")}`;
    const lost = seen.lost.length === 0 ? "" : `, ${seen.lost.length} without an answer`;
    const row = [
      fault.says,
      policy.says,
      became,
      afterMs === undefined
        ? "–"
        : requests === 0
          ? "before any traffic"
          : `${((afterMs * speed) / 60_000).toFixed(1)} min (here ${(afterMs / 1_000).toFixed(1)} s)`,
      `${requests}, ${errors}${lost}`,
      `${all}: ${((100 * errors) / Math.max(1, all)).toFixed(2)} % failed`,
      (reverted !== undefined) === (expected === "taken back") || expected === "either" ? "yes" : "no",
    ];
    return { row, because: release.because ?? "" };
  } finally {
    await load.stop();
  }
}

/** Of a reason only what kind it is. */
function byWhat(because) {
  const kinds = [
    [/no answer in/, "its deadline: too little was seen"],
    [/slower than/, "the comparison, latency"],
    [/errors: .* of the old one's/, "the comparison, errors"],
    [/error rate of/, "its watch on errors"],
    [/memory/, "its watch on memory"],
    [/smoke/, "its smoke tests"],
    [/restarted \d+ times/, "restarts"],
    [/ failed: /, "its crash"],
    [/alert/, "an alert"],
    [/answers at/, "its health"],
  ];
  return kinds.find(([pattern]) => pattern.test(because))?.[1] ?? because.slice(0, 80);
}
