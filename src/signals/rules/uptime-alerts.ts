import { durationMs } from "../../lib/quantities.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { type Wanted, channelsOf, spanInSpec } from "./wanted.ts";

/** A single check that fails is a lost packet; two in a row are somebody who gets no answer. */
const inARow = 2;

/** Each check from outside that tells somebody: no check of the last ones succeeded. */
export function uptimeAlerts({ uptime, production }: Environment): readonly Wanted[] {
  return Object.entries(uptime).flatMap(([name, check]): Wanted[] => {
    const service = refName(check.of, "services");
    const to = channelsOf(check.to ?? []);
    if (service === undefined || to.length === 0) return [];
    const over = spanInSpec(inARow * durationMs(check.every ?? "60s"));
    return [
      {
        name: `${name} does not answer`,
        when: {
          kind: "condition",
          signal: {
            kind: "signal",
            measure: "uptime",
            of: { ref: `services.${service}` },
            over: over,
            where: { check: name },
          },
          is: "atMost",
          value: 0,
        },
        severity: production === true ? "critical" : "high",
        to,
        path: ["uptime", name],
      },
    ];
  });
}
