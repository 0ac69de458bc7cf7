// A round of the five examples' rules over so many series, two and four times as many, and a real Prometheus that is asked the same of
// the same by HTTP.
import { execFileSync, spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { bundled } from "../bundled.mjs";
import { median, times } from "../measure.mjs";
import { rulesOfExamples } from "./rules.mjs";
import { watchedSeries } from "./series.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const sizes = [2_000, 4_000, 8_000];
const round = (series) =>
  JSON.parse(execFileSync(process.execPath, ["bench/signals/round.mjs", String(series)], { cwd: root, encoding: "utf8" }));
const ms = (value) => `${value.toFixed(1)} ms`;

export async function measureSignals(say) {
  const { alerts, recordings, rules } = await rulesOfExamples();
  const turns = Array.from({ length: 5 }, () => sizes.map(round));
  const [one, two, four] = sizes.map((_, index) => median(turns.map((turn) => turn[index].median)));
  const first = median(turns.map(([small]) => small.first));
  const growth = (index) => median(turns.map((turn) => turn[index].median / turn[0].median));
  const [[{ samples, mebibytes, elements }]] = turns;
  say(
    `${alerts} alerts and ${recordings} recordings, ${turns[0][0].rules} different ones; ${samples} samples in ${mebibytes.toFixed(1)} MiB`,
  );
  say(`${elements} times something rang in ${turns[0][0].rounds} rounds`);
  const theirs = spawnSync("prometheus", ["--version"]).status === 0 ? await prometheusMs(rules, say) : undefined;
  const besides = theirs === undefined ? "Prometheus is not installed" : `Prometheus, the same by HTTP: ${ms(theirs)}`;
  const linear = (index, value) => {
    const most = 1.2 * 2 ** index;
    return [
      `the same over ${sizes[index].toLocaleString("en")} series`,
      ms(value),
      `2,000 series, in the same run: ${ms(one)}`,
      times(growth(index)),
      `at most ${most.toFixed(1)} ×`,
      growth(index) <= most,
    ];
  };
  return [
    [
      `a round of the five examples' rules (${turns[0][0].rules} different ones) over 2,000 series, 2 h at 5 s`,
      ms(one),
      besides,
      theirs === undefined ? "–" : times(one / theirs),
      "under 60 ms",
      one < 60,
    ],
    [
      "its first round in a new process, which learns the labels and unpacks what is looked back on",
      ms(first),
      `the rounds after it: ${ms(one)}`,
      times(first / one),
      "shown",
      true,
    ],
    linear(1, two),
    linear(2, four),
  ];
}

/** The median of rounds of a Prometheus that has the same series. */
async function prometheusMs({ recordings, alerts }, say) {
  const { startPrometheus } = await bundled("test/support/prometheus-server.ts");
  const startMs = Date.UTC(2026, 0, 5, 10);
  const spanMs = 7_200_000;
  const server = await startPrometheus();
  try {
    const start = performance.now();
    await server.write(watchedSeries({ recordings, alerts }, { startMs, spanMs }));
    say(`written to Prometheus in ${Math.round((performance.now() - start) / 1_000)} s`);
    const rounds = [];
    for (let turn = 0; turn < 15; turn++) {
      const atMs = startMs + spanMs - 100_000 + turn * 5_000 + 321;
      const from = performance.now();
      for (const { expr } of [...recordings, ...alerts]) {
        const answer = await server.query(expr, atMs);
        if (answer.status !== "success") throw new Error(`${expr}: ${answer.error}`);
      }
      rounds.push(performance.now() - from);
    }
    return median(rounds.slice(2));
  } finally {
    await server.stop();
  }
}
