import { createGenerator } from "../../rehearse/random/generator.ts";

/** Requests a second, so long after the beginning. */
export type Rate = (sinceMs: number) => number;

/** When requests come, in milliseconds after the beginning, in rising order; each draws nothing from what was answered before it. */
export type Arrivals = {
  /** The next one, which stays the next until it is taken. */
  readonly next: () => number;
  take(): void;
};

const stepMs = 5;

/**
 * Users who know nothing of each other: the spans between two are exponential (a Poisson process), or as even as can be. Where the rate
 * changes, what is drawn is how much of it goes by until the next.
 */
export function createArrivals(
  rate: Rate,
  { seed, even = false, untilMs }: { readonly seed: number; readonly even?: boolean; readonly untilMs: number },
): Arrivals {
  const chance = createGenerator(seed);
  let [at, due] = [0, 0];
  const draw = (): void => {
    let left = even ? 1 : -Math.log(chance.uniform());
    for (;;) {
      if (at >= untilMs) {
        due = Infinity;
        return;
      }
      const perMs = Math.max(0, rate(at + stepMs / 2)) / 1_000;
      const here = perMs * stepMs;
      if (here >= left && perMs > 0) {
        at += left / perMs;
        due = at < untilMs ? at : Infinity;
        return;
      }
      left -= here;
      at += stepMs;
    }
  };
  draw();
  return { next: () => due, take: draw };
}
