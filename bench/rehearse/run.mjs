// How many canaries a second one core rehearses, whether the cost grows with their windows alone, and what a hundred thousand of them keep.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bundled } from "../bundled.mjs";
import { median } from "../measure.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const runs = Number(process.env.GANTRY_BENCH_REHEARSALS ?? 1_200);

export async function measureRehearse(say) {
  const { stageFor } = await bundled("test/support/rehearse-stage.ts");
  const { rehearseOnce } = await bundled("src/rehearse/run/rehearse-once.ts");
  const { createTally } = await bundled("src/rehearse/campaign/tally.ts");
  const main = path.join(root, "dist/run/main.js");
  const shown = execFileSync(process.execPath, [main, "show", "prod", "--json"], {
    cwd: path.join(root, "examples/bytereview"),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  const file = path.join(folder, "prod.json");
  writeFileSync(file, shown);
  const once = (kind, count) =>
    Number(
      execFileSync(process.execPath, [path.join(root, "bench/rehearse/one-kind.mjs"), kind, file, String(count)], {
        encoding: "utf8",
      }),
    );
  const of = (kind, count = runs) => median([1, 2, 3].map(() => once(kind, count)));
  const [both, plain] = [of("both"), of("errors", runs * 2)];
  const [drawn, drawnErrors] = [of("draws of both", runs * 4), of("draws of errors", runs * 4)];
  say(`errors and latency ${both.toFixed(2)} ms, errors ${plain.toFixed(2)} ms, draws alone ${drawn.toFixed(2)} ms`);
  const ratio = median([1, 2, 3].map(() => once("two hours", runs / 2) / once("both", runs / 2)));
  rmSync(folder, { recursive: true });
  const hour = stageFor(JSON.parse(shown), { services: ["api"], traffic: "50rps" });

  const outcome = rehearseOnce(hour, { seed: 1, run: 1 });
  setFlagsFromString("--expose_gc");
  const gc = runInNewContext("gc");
  // What is freed is given back a moment later.
  const collect = async () => {
    for (let times = 0; times < 3; times++) {
      gc();
      await sleep(100);
    }
  };
  await collect();
  const before = process.memoryUsage();
  const tally = createTally();
  for (let run = 0; run < 100_000; run++) tally.add({ ...outcome, run, detectedAfterMs: run });
  await collect();
  const after = process.memoryUsage();
  if (tally.count() < 100_000) throw new Error("some were lost");
  const mebibytes = (after.arrayBuffers - before.arrayBuffers) / 2 ** 20;
  const second = (ms) => `${Math.round(1_000 / ms).toLocaleString("en-US")} a second`;
  return [
    [
      "canaries of 60 windows, errors and latency",
      second(both),
      `its draws alone: ${second(drawn)}`,
      `${(both / drawn).toFixed(1)} ×`,
      "at least 2,000 a second",
      1_000 / both >= 2_000,
    ],
    [
      "canaries of 60 windows, errors alone",
      second(plain),
      `its draws alone: ${second(drawnErrors)}`,
      `${(plain / drawnErrors).toFixed(1)} ×`,
      "at least 2,000 a second",
      1_000 / plain >= 2_000,
    ],
    [
      "120 windows",
      `${(both * ratio).toFixed(2)} ms`,
      `60 windows: ${both.toFixed(2)} ms`,
      `${ratio.toFixed(2)} ×`,
      "at most 2.2 ×",
      ratio <= 2.2,
    ],
    [
      "what 100,000 runs keep",
      `${mebibytes.toFixed(1)} MiB`,
      "seven doubles of each: 5.3 MiB",
      `${(mebibytes / 5.34).toFixed(1)} ×`,
      "at most 16 MiB",
      mebibytes <= 16,
    ],
  ];
}
