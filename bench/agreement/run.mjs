// Whether releases on the local target are taken back as often, and as soon, as their rehearsal says: intervals first, then the releases.
import { cpSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundled } from "../bundled.mjs";
import { median } from "../measure.mjs";
import { project } from "../platform.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const faults = (process.env.GANTRY_BENCH_FAULTS ?? "errors=50%,errors=0.5%,latency=x2,none").split(",");
const asked = process.env.GANTRY_BENCH_DAYS === undefined ? undefined : Number(process.env.GANTRY_BENCH_DAYS);
const perSecond = 100;
const speed = 60;
const rehearsals = 2_000;
/** Metrics are sampled each quarter of a second, and rules looked at as often. */
const slackMs = 500;

export async function measureAgreement(say) {
  const { hypothesisOf } = await bundled("src/cli/live/hypothesis.ts");
  const { parseFault } = await bundled("src/rehearse/faults/parse-fault.ts");
  const one = project((base) => {
    const folder = path.join(base, "shop");
    cpSync(path.join(root, "test/fixtures/played"), folder, { recursive: true });
    symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
  });
  try {
    const gantry = one.run;
    await gantry("up", "staging", "--speed", String(speed));
    const { out } = await gantry("show", "staging", "--json");
    const environment = JSON.parse(out);
    const words = `rehearse staging api --live --release --json -n 20 --traffic ${perSecond}rps`.split(" ");
    const rows = [];
    for (const text of faults) {
      const fault = parseFault(text);
      // How long answers take hangs on what else the machine does: what was measured long ago says little of it.
      const usual = await usualOf(gantry);
      const { detected, hypothesis } = hypothesisOf({
        environment,
        service: "api",
        usual,
        speed,
        seed: 1,
        runs: rehearsals,
        faults: fault === undefined ? [] : [fault],
      });
      const chance = hypothesis.takenBack.value;
      const days = asked ?? enough(chance);
      const [least, most] = within(chance, days);
      const medians = mediansOf(detected, Math.max(1, Math.round(days * chance)));
      say(
        `${text}: half of the answers take ${usual.p50Ms} ms, 95 of 100 ${usual.p95Ms} ms; by the rehearsal ${least} to ${most} of ${days} are taken back`,
      );
      const seen = [];
      for (let day = 0; day < days; day++) {
        const { status, out: said, err } = await gantry(...words, "--fault", text);
        if (said === "") throw new Error(`a game day ended with ${status}: ${err}`);
        const played = JSON.parse(said);
        if (played.release === undefined) throw new Error(`a game day released nothing: ${said}`);
        if (played.recovered.not.length > 0) throw new Error(`not as it was: ${played.recovered.not.join(", ")}`);
        seen.push(played.release);
      }
      const back = seen.filter(({ takenBack }) => takenBack);
      rows.push(counted(text, { back: back.length, days, chance, least, most }));
      if (medians !== undefined && back.length > 0)
        rows.push(
          timed(
            text,
            back.map(({ detectedAfterMs }) => detectedAfterMs),
            medians,
          ),
        );
    }
    return rows;
  } finally {
    one.remove();
  }
}

async function usualOf(gantry) {
  const { out } = await gantry(
    ..."rehearse staging api --live --fault none --for 1s --json --traffic".split(" "),
    `${perSecond}rps`,
  );
  return { ...JSON.parse(out).usual, perSecond };
}

function counted(text, { back, days, chance, least, most }) {
  return [
    `${text}: releases that were taken back`,
    `${back} of ${days}`,
    `by the rehearsal ${(chance * 100).toFixed(1)} %`,
    "–",
    `${least} to ${most}, ± ${(((most - least) / 2 / days) * 100).toFixed(0)} points`,
    back >= least && back <= most,
  ];
}

function timed(text, live, [least, middle, most]) {
  const ms = median(live);
  return [
    `${text}: time until it was known, median`,
    `${(ms / 1_000).toFixed(2)} s of ${live.length}`,
    `by the rehearsal ${(middle / 1_000).toFixed(2)} s`,
    `${(ms / middle).toFixed(2)} ×`,
    `${(least / 1_000).toFixed(2)} to ${((most + slackMs) / 1_000).toFixed(2)} s`,
    ms >= least && ms <= most + slackMs,
  ];
}

/** So many that the 95 % interval is at most 20 points to either side, and twenty at least. */
function enough(chance) {
  for (let days = 20; ; days++) {
    const [least, most] = within(chance, days);
    if ((most - least) / 2 / days <= 0.2) return days;
  }
}

/** Between which two numbers of so many lie 95 of 100. */
function within(chance, days) {
  let term = (1 - chance) ** days;
  let below = 0;
  let [least, most] = [0, days];
  let isLow = true;
  for (let k = 0; k <= days; k++) {
    const up = below + (chance === 1 ? (k === days ? 1 : 0) : term);
    if (isLow && up > 0.025) [least, isLow] = [k, false];
    if (up >= 0.975) {
      most = k;
      break;
    }
    below = up;
    term *= ((days - k) / (k + 1)) * (chance / (1 - chance));
  }
  return [least, most];
}

/** Where the median of so many lies, 95 times of 100, and in the middle: drawn from what was rehearsed. */
function mediansOf(sorted, many) {
  if (sorted.length === 0) return undefined;
  let state = 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const medians = Array.from({ length: 2_000 }, () =>
    median(Array.from({ length: many }, () => sorted[Math.floor(next() * sorted.length)] ?? 0)),
  ).toSorted((a, b) => a - b);
  return [medians[50], median(sorted), medians[1_949]];
}
