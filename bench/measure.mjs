// Small tools for figures that hold on a noisy machine: runs of both sides in turn, medians, ratios pair by pair.
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

export function median(values) {
  const sorted = [...values].toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Whole processes, A and B in turn after one warm-up of each; milliseconds and the ratio A/B of each pair. */
export function paired(a, b, { runs, cwd, env = process.env }) {
  const once = ([command, ...args]) => {
    const start = performance.now();
    const { status, stderr } = spawnSync(command, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
    return performance.now() - start;
  };
  once(a);
  once(b);
  const pairs = Array.from({ length: runs }, () => [once(a), once(b)]);
  return {
    a: median(pairs.map(([one]) => one)),
    b: median(pairs.map(([, other]) => other)),
    ratio: median(pairs.map(([one, other]) => one / other)),
  };
}

export const whole = (ms) => `${Math.round(ms)} ms`;
export const times = (ratio) => `${ratio.toFixed(2)} ×`;
