import { setTimeout as sleep } from "node:timers/promises";
import { type Rate, createArrivals } from "./arrivals.ts";
import { type GeneratorOptions, type Sent, type Target, startGenerator } from "./generator.ts";

/** How much, of what, and for how long. */
export type Load = {
  readonly target: Target;
  readonly rate: Rate;
  readonly forMs: number;
  readonly connections: number;
  readonly timeoutMs: number;
  readonly seed: number;
  readonly even: boolean;
};

/** What came of it; plain data. Latencies are counted from when a request was due. */
export type LoadResult = {
  readonly tookMs: number;
  readonly due: number;
  readonly answered: number;
  readonly failed: number;
  readonly classes: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly latencyMs: Readonly<Record<string, number>>;
  /** This process itself: how late it sent what it could have sent. */
  readonly generator: { readonly misses: number; readonly p99Ms: number; readonly maxMs: number; readonly queued: number };
  readonly series: readonly Window[];
};

export type Window = {
  readonly atMs: number;
  readonly due: number;
  readonly answered: number;
  readonly failed: number;
};

const mostWindows = 600;
const parts = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, "p99.9": 0.999 } as const;

/** Sends until it is over or stopped; tells now and then how it goes. */
export async function driveLoad(
  load: Load,
  {
    signal,
    tell,
    ...more
  }: Pick<GeneratorOptions, "signal" | "onOver" | "keepsText"> & { readonly tell?: (seen: Sent, atMs: number) => void },
): Promise<{ readonly result: LoadResult; readonly seen: Sent }> {
  const { target, rate, forMs, connections, timeoutMs, seed, even } = load;
  const began = performance.now();
  const arrivals = createArrivals(rate, { seed, even, untilMs: forMs });
  const generator = startGenerator({ target, arrivals, connections, timeoutMs, signal, ...more });
  const windowMs = Math.max(1_000, Math.ceil(forMs / mostWindows / 1_000) * 1_000);
  const series: Window[] = [];
  const over = new AbortController();
  const counting = (async () => {
    let last = { due: 0, answered: 0, failed: 0 };
    for (let at = windowMs; ; at += windowMs) {
      await sleep(Math.max(0, began + at - performance.now()), undefined, { signal: over.signal }).catch(() => undefined);
      const seen = generator.seen();
      const { due, answered, failed } = seen;
      if (due + answered + failed > last.due + last.answered + last.failed || !over.signal.aborted)
        series.push({
          atMs: at,
          due: due - last.due,
          answered: answered - last.answered,
          failed: failed - last.failed,
        });
      last = { due, answered, failed };
      if (over.signal.aborted) return;
      tell?.(seen, at);
    }
  })();
  try {
    await generator.done;
  } finally {
    over.abort();
    await counting;
  }
  const seen = generator.seen();
  const ms = (value: number): number => Math.round(value * 1_000) / 1_000;
  const result: LoadResult = {
    tookMs: Math.round(performance.now() - began),
    due: seen.due,
    answered: seen.answered,
    failed: seen.failed,
    classes: seen.classes,
    errors: seen.errors,
    latencyMs: Object.fromEntries([
      ...Object.entries(parts).flatMap(([name, part]) => {
        const found = seen.latency.quantile(part);
        return found === undefined ? [] : [[name, ms(found)] as const];
      }),
      ...(seen.latency.count() === 0 ? [] : ([["max", ms(seen.latency.max())]] as const)),
    ]),
    generator: {
      misses: seen.misses,
      p99Ms: ms(seen.lateness.quantile(0.99) ?? 0),
      maxMs: ms(seen.lateness.max()),
      queued: seen.queued,
    },
    series,
  };
  return { result, seen };
}
