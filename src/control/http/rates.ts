/** So many at once, and so many each second after that. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** Told apart by name at most: whoever comes beyond that shares one measure. */
const most = 10_000;

export type Rates = {
  /** How long to wait; 0 where it may be done now, and then it counts. */
  take(name: string): number | Promise<number>;
};

/** A bucket for each that fills by itself. */
export function createRates({ perSecond, burst }: Rate, nowMs: () => number) {
  const buckets = new Map<string, { left: number; atMs: number }>();
  const tidy = (now: number): void => {
    for (const [name, { left, atMs }] of buckets) if (left + ((now - atMs) * perSecond) / 1_000 >= burst) buckets.delete(name);
  };
  return {
    take(given: string): number {
      const now = nowMs();
      const name = nameOf(given, buckets, () => tidy(now));
      const before = buckets.get(name) ?? { left: burst, atMs: now };
      // A clock that was set back fills nothing, and takes nothing away.
      const left = Math.min(burst, before.left + (Math.max(0, now - before.atMs) * perSecond) / 1_000);
      const taken = left >= 1;
      buckets.set(name, { left: taken ? left - 1 : left, atMs: now });
      return taken ? 0 : Math.ceil(((1 - left) * 1_000) / perSecond);
    },
  } satisfies Rates;
}

/** Under which name it is counted: whoever comes with many names makes no more of them than there is room for. */
export function nameOf(given: string, all: ReadonlyMap<string, unknown>, tidy: () => void): string {
  if (all.size < most || all.has(given)) return given;
  tidy();
  return all.size < most ? given : "everybody else";
}
