// How much of the processor's time one canary of a kind takes, in a process that rehearses nothing else, as `gantry rehearse` does.
import { readFileSync } from "node:fs";
import { bundled } from "../bundled.mjs";

const [kind, file, runs] = process.argv.slice(2);
const { stageFor } = await bundled("test/support/rehearse-stage.ts");
const { rehearseOnce } = await bundled("src/rehearse/run/rehearse-once.ts");
const { drawAlone } = await bundled("bench/rehearse/draw-alone.ts");
const environment = JSON.parse(readFileSync(file, "utf8"));
const count = Number(runs);
const cpuMs = () => process.cpuUsage().user / 1_000;

const hours = (minutes, more = {}) =>
  stageFor(
    {
      ...environment,
      alerts: {},
      release: { strategy: "canary", steps: [{ to: "10%", bake: `${minutes + 2}m` }], rollbackWindow: "1m" },
    },
    { services: ["api"], traffic: "50rps", ...more },
  );
const rehearsing = (stage) => (run) => rehearseOnce(stage, { seed: 1, run });
const kinds = {
  both: () => rehearsing(hours(60)),
  errors: () => rehearsing(hours(60, { latencyBoundsMs: [] })),
  "two hours": () => rehearsing(hours(120)),
  "draws of both": () => (run) => drawAlone(run, { windows: 62, latency: true }),
  "draws of errors": () => (run) => drawAlone(run, { windows: 62, latency: false }),
};
const work = kinds[kind]();
// Long enough that all a canary may come to has come: a good one is taken back by mistake once in a thousand.
for (let run = 0; run < count; run++) work(run);
const before = cpuMs();
for (let run = 0; run < count; run++) work(run);
process.stdout.write(String((cpuMs() - before) / count));
