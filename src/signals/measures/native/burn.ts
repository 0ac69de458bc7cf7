import { durationMs, shareOf } from "../../../lib/quantities.ts";
import { type About, is } from "../matchers.ts";
import { type Measured, type NotMeasured, minutesMs, refused } from "../measured.ts";
import type { Asking } from "./asking.ts";

/** What an SLO's recordings are called; the label `slo` says whose. */
export const badRecording = "slo:errors:rate5m";
export const totalRecording = "slo:total:rate5m";

/** How fast an SLO's budget goes, and what is left of it, from its recordings. */
export function burn({ signal }: Asking, about: About): Measured | NotMeasured {
  if (about.kind !== "slo") return refused("a budget is that of an SLO");
  const { name, slo } = about;
  const whose = [is("slo", name)];
  const left = signal.measure === "budgetLeft";
  return {
    is: "measured",
    shape: {
      is: "burn",
      bad: { metric: badRecording, matchers: whose },
      total: { metric: totalRecording, matchers: whose },
      target: shareOf(slo.target),
      left,
    },
    unit: left ? "share" : "times",
    own: [],
    usualMs: left ? durationMs(slo.over) : minutesMs(60),
    says: left ? `what is left of the error budget of ${name}` : `how many times too fast the error budget of ${name} burns`,
  };
}
