// How many canaries a second one core rehearses, whether the cost grows with their windows alone, and what a hundred thousand of them keep.
import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bundled } from "../bundled.mjs";
import { median } from "../measure.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const runs = Number(process.env.GANTRY_BENCH_REHEARSALS ?? 1_200);
const cpuMs = () => process.cpuUsage().user / 1_000;

export async function measureRehearse(say) {
  const { stageFor } = await bundled("test/support/rehearse-stage.ts");
  const { rehearseOnce } = await bundled("src/rehearse/run/rehearse-once.ts");
  const { createTally } = await bundled("src/rehearse/campaign/tally.ts");
  const { drawAlone } = await bundled("bench/rehearse/draw-alone.ts");
  const main = path.join(root, "dist/run/main.js");
  const shown = execFileSync(process.execPath, [main, "show", "prod", "--json"], {
    cwd: path.join(root, "examples/bytereview"),
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const environment = JSON.parse(shown);
  const hours = (minutes, more = {}) =>
    stageFor(
      {
        ...environment,
        alerts: {},
        release: { strategy: "canary", steps: [{ to: "10%", bake: `${minutes + 2}m` }], rollbackWindow: "1m" },
      },
      { services: ["api"], traffic: "50rps", ...more },
    );
  const perRun = (work, count = runs) => {
    for (let run = 0; run < count / 4; run++) work(run);
    const before = cpuMs();
    for (let run = 0; run < count; run++) work(run);
    return (cpuMs() - before) / count;
  };
  const rehearsing = (stage, count) => perRun((run) => rehearseOnce(stage, { seed: 1, run }), count);
  const [hour, two, errors] = [hours(60), hours(120), hours(60, { latencyBoundsMs: [] })];
  const drawn = perRun((run) => drawAlone(run, { windows: 62, latency: true }));
  const drawnErrors = perRun((run) => drawAlone(run, { windows: 62, latency: false }));
  const both = rehearsing(hour);
  const plain = rehearsing(errors);
  say(`errors and latency ${both.toFixed(2)} ms, errors ${plain.toFixed(2)} ms, draws alone ${drawn.toFixed(2)} ms`);
  const ratio = median([1, 2, 3].map(() => rehearsing(two, runs / 4) / rehearsing(hour, runs / 4)));

  const outcome = rehearseOnce(hour, { seed: 1, run: 1 });
  setFlagsFromString("--expose_gc");
  const collect = runInNewContext("gc");
  collect();
  const before = process.memoryUsage();
  const tally = createTally();
  for (let run = 0; run < 100_000; run++) tally.add({ ...outcome, run, detectedAfterMs: run });
  collect();
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
