import { createGenerator } from "../../src/rehearse/random/generator.ts";
import { createRepeatedPoisson } from "../../src/rehearse/random/repeated-poisson.ts";
import { createDurations } from "../../src/rehearse/world/durations.ts";
import { latencyShares } from "../../src/rehearse/world/latency.ts";
import { usualLife } from "../../src/rehearse/world/life.ts";
import { latencyBoundsMs } from "../../src/wire/traffic.ts";

const shares = latencyShares(usualLife.latency, latencyBoundsMs, 1);
/** Around the median, and 95 and 99 of 100. */
const thresholds = [17, 22, 25];

/** The numbers of one canary, and nothing made of them: four Poissons a tick, two multinomials a window. */
export function drawAlone(run: number, { windows, latency }: { readonly windows: number; readonly latency: boolean }): number {
  const random = createGenerator(1, run, 1);
  const [old, oldBad, fresh, freshBad] = [0, 1, 2, 3].map(() => createRepeatedPoisson(random));
  const durations = [1, 2].map((arm) => createDurations(createGenerator(1, run, 1 + arm), () => shares));
  for (const one of durations) one.groupAt(thresholds);
  let sum = 0;
  for (let window = 0; window < windows; window++) {
    let [baseline, canary] = [0, 0];
    for (let tick = 0; tick < 12; tick++) {
      baseline += (old?.(224.775) ?? 0) + (oldBad?.(0.225) ?? 0);
      canary += (fresh?.(24.975) ?? 0) + (freshBad?.(0.025) ?? 0);
    }
    sum += baseline + canary;
    if (!latency) continue;
    durations[0]?.take(baseline, 1);
    durations[1]?.take(canary, 1);
    for (const one of durations) one.counts();
  }
  return sum;
}
