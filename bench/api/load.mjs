// Requests when they are due, whatever becomes of those before (the generator of `gantry load`): of each path its share, by chance.
import { createArrivals } from "../../dist/cli/load/arrivals.js";
import { startGenerator } from "../../dist/cli/load/generator.js";
import { createHistogram } from "../../dist/cli/load/histogram.js";

export async function load({ port, headers, asked, perSecond, seconds }) {
  const all = createHistogram();
  const each = asked.map(({ path, share }, index) => {
    const own = createHistogram();
    const generator = startGenerator({
      target: { port, method: "GET", paths: [path], headers },
      arrivals: createArrivals(() => perSecond * share, { seed: index + 1, untilMs: seconds * 1_000 }),
      connections: 20,
      timeoutMs: 10_000,
      signal: new AbortController().signal,
      onOver({ status, tookMs }) {
        all.add(tookMs);
        own.add(tookMs);
        if (status !== 200) failures.set(status, (failures.get(status) ?? 0) + 1);
      },
    });
    return { path, own, generator };
  });
  const failures = new Map();
  await Promise.all(each.map(({ generator }) => generator.done));
  return {
    p50: all.quantile(0.5) ?? 0,
    p99: all.quantile(0.99) ?? 0,
    max: all.max(),
    count: all.count(),
    failures: [...failures.values()].reduce((sum, count) => sum + count, 0),
    errors: Object.fromEntries(failures),
    each: each
      .map(({ path, own }) => ({ path, count: own.count(), mean: own.mean(), p99: own.quantile(0.99) ?? 0 }))
      .toSorted((a, b) => b.mean * b.count - a.mean * a.count),
  };
}
