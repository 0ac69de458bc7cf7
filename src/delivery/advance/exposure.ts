import type { Exposure, Release } from "../release.ts";
import { own } from "./capacity.ts";
import type { Turn } from "./turn.ts";

type Exposures = Release["exposure"];

/** How much the new revisions have answered and failed. What they had answered before they were given any traffic is not counted. */
export function countedExposure({ run, observed }: Turn): Exposures {
  const exposure: Record<string, Exposure> = { ...run.exposure };
  const isUnseen = (run.plan.steps[run.at]?.weightPercent ?? 100) === 0 && run.phase !== "reverting";
  for (const { service, to, from } of run.changes) {
    const seen = own(own(observed.traffic, service), to);
    if (seen === undefined || from === to) continue;
    const before = own(run.exposure, service);
    const { requests, errors } = seen;
    if (isUnseen && before === undefined) {
      exposure[service] = { requests: 0, errors: 0, seen: { requests, errors } };
      continue;
    }
    const began = before === undefined || requests < before.seen.requests || errors < before.seen.errors;
    exposure[service] = {
      requests: (before?.requests ?? 0) + requests - (began ? 0 : before.seen.requests),
      errors: (before?.errors ?? 0) + errors - (began ? 0 : before.seen.errors),
      seen: { requests, errors },
    };
  }
  return exposure;
}
