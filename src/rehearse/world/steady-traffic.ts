import type { TrafficSeen } from "../../delivery/observed.ts";
import type { Behaviour } from "./behaviour.ts";
import type { TrafficSource } from "./traffic-source.ts";

type Counted = { traffic: TrafficSeen; owedErrors: number };

const none: TrafficSeen = { requests: 0, errors: 0, latency: [0, 0] };

/** Requests without any chance in them: as many in each second, and as many of them fail. A crash begins the counters anew. */
export function steadyTraffic(requestsPerSecond: number, behaviours: Readonly<Record<string, Behaviour>>): TrafficSource {
  const counted = new Map<string, Counted>();
  const of = (service: string, revision: string): Counted => {
    const key = `${service}/${revision}`;
    let found = counted.get(key);
    if (found === undefined) counted.set(key, (found = { traffic: none, owedErrors: 0 }));
    return found;
  };
  return {
    counts: "at once",
    flow(service, fromMs, untilMs, sides) {
      for (const { revision, weightPercent, ready } of sides) {
        if (ready === 0) continue;
        const one = of(service, revision);
        const requests = Math.round((requestsPerSecond * (untilMs - fromMs) * weightPercent) / 100_000);
        const { errorShare = 0, isSlow = false } = behaviours[revision] ?? {};
        one.owedErrors += requests * errorShare;
        const errors = Math.floor(one.owedErrors);
        one.owedErrors -= errors;
        const [fast = 0, slow = 0] = one.traffic.latency;
        one.traffic = {
          requests: one.traffic.requests + requests,
          errors: one.traffic.errors + errors,
          latency: isSlow ? [fast, slow + requests] : [fast + requests, slow],
        };
      }
    },
    seen: (service, revision) => of(service, revision).traffic,
    crashed(service, revision) {
      of(service, revision).traffic = none;
    },
  };
}
