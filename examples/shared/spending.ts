import { counter } from "./metrics.ts";

const spent = counter("cost_usd_total", "What calls that cost money cost, in US dollars.", []);

/** Counts what tokens of a model cost; one that was not asked yet has cost 0. */
export function createMeter(model: string, usdPerMillionTokens: number): (tokens: number) => void {
  spent({ model }, 0);
  return (tokens) => spent({ model }, (tokens * usdPerMillionTokens) / 1e6);
}
