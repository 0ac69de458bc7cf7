import { durationMs, shareOf } from "../../lib/quantities.ts";
import { type About } from "./matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused } from "./measured.ts";
import type { Asking } from "./native/asking.ts";

/** A budget where nothing is recorded: each window is counted from the metrics themselves. */
export function directBurn(
  { signal, environment }: Asking,
  about: About,
  measure: (asking: Asking) => Measured | NotMeasured,
): Measured | NotMeasured {
  if (about.kind !== "slo") return refused("a budget is that of an SLO");
  const { name, slo } = about;
  const of = measure({ signal: slo.of, environment, asShare: true });
  if (of.is === "refused") return of;
  // Only of a share that was counted is a longer one the sum and not a mean.
  if (of.unit !== "share" || (of.shape.is !== "share" && !(of.shape.is === "gauge" && of.shape.always === true)))
    return refused(`what ${name} promises is counted by the recordings of Prometheus, and by nothing here`);
  const left = signal.measure === "budgetLeft";
  const good = slo.of.measure === "uptime" || slo.of.measure === "hitRate";
  return {
    is: "measured",
    shape: { is: "of budget", share: of.shape, good, allowed: 1 - shareOf(slo.target), left },
    unit: left ? "share" : "times",
    own: [],
    usualMs: left ? durationMs(slo.over) : minutesMs(60),
    says: left ? `what is left of the error budget of ${name}` : `how many times too fast the error budget of ${name} burns`,
    ...(of.exactness === undefined ? {} : { exactness: of.exactness }),
  };
}
