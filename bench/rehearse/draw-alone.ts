import { createGenerator } from "../../src/rehearse/random/generator.ts";
import { addMultinomial } from "../../src/rehearse/random/multinomial.ts";
import { poisson } from "../../src/rehearse/random/poisson.ts";
import { latencyShares } from "../../src/rehearse/world/latency.ts";
import { usualLife } from "../../src/rehearse/world/life.ts";
import { latencyBoundsMs } from "../../src/wire/traffic.ts";

const shares = latencyShares(usualLife.latency, latencyBoundsMs, 1);

/** The numbers of one canary, and nothing made of them: four Poissons a tick, two multinomials a window. */
export function drawAlone(run: number, { windows, latency }: { readonly windows: number; readonly latency: boolean }): number {
  const random = createGenerator(1, run, 1);
  const into = shares.map(() => 0);
  let sum = 0;
  for (let window = 0; window < windows; window++) {
    let [baseline, canary] = [0, 0];
    for (let tick = 0; tick < 12; tick++) {
      baseline += poisson(random, 224.775) + poisson(random, 0.225);
      canary += poisson(random, 24.975) + poisson(random, 0.025);
    }
    sum += baseline + canary;
    if (!latency) continue;
    addMultinomial(random, baseline, shares, into);
    addMultinomial(random, canary, shares, into);
  }
  return sum;
}
