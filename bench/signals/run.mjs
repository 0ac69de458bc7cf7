// A round of all rules over so many series, twice as many, and a real Prometheus that evaluates the same over the same by HTTP.
import { execFileSync, spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { bundled } from "../bundled.mjs";
import { median, times } from "../measure.mjs";
import { rules } from "./rules.mjs";
import { madeSeries } from "./series.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const round = (series) =>
  JSON.parse(execFileSync(process.execPath, ["bench/signals/round.mjs", String(series)], { cwd: root, encoding: "utf8" }));
const ms = (value) => `${value.toFixed(1)} ms`;

export async function measureSignals(say) {
  const turns = Array.from({ length: 5 }, () => [round(2_000), round(4_000)]);
  const one = median(turns.map(([small]) => small.median));
  const two = median(turns.map(([, large]) => large.median));
  const growth = median(turns.map(([small, large]) => large.median / small.median));
  const [{ samples, first }] = turns[0];
  say(`${rules.length} rules, ${samples} samples, first round ${ms(first)}`);
  const theirs = spawnSync("prometheus", ["--version"]).status === 0 ? await prometheusMs(say) : undefined;
  return [
    [
      `a round of ${rules.length} rules over 2,000 series, 2 h at 5 s`,
      ms(one),
      theirs === undefined ? "Prometheus is not installed" : `Prometheus, the same by HTTP: ${ms(theirs)}`,
      theirs === undefined ? "–" : times(one / theirs),
      "under 60 ms",
      one < 60,
    ],
    [
      "the same over 4,000 series",
      ms(two),
      `2,000 series, in the same run: ${ms(one)}`,
      times(growth),
      "at most 2.4 ×",
      growth <= 2.4,
    ],
  ];
}

/** The median of rounds of a Prometheus that has the same series. */
async function prometheusMs(say) {
  const { startPrometheus } = await bundled("test/support/prometheus-server.ts");
  const startMs = Date.UTC(2026, 0, 5, 10);
  const server = await startPrometheus();
  try {
    const start = performance.now();
    await server.write(madeSeries({ startMs }));
    say(`written to Prometheus in ${Math.round((performance.now() - start) / 1_000)} s`);
    const rounds = [];
    for (let turn = 0; turn < 15; turn++) {
      const atMs = startMs + 7_200_000 - 200_000 + turn * 5_000 + 321;
      const from = performance.now();
      for (const rule of rules) {
        const answer = await server.query(rule, atMs);
        if (answer.status !== "success") throw new Error(`${rule}: ${answer.error}`);
      }
      rounds.push(performance.now() - from);
    }
    return median(rounds.slice(2));
  } finally {
    await server.stop();
  }
}
