import type { TrafficSeen } from "../observed.ts";
import type { Exposure, Hit, Release } from "../release.ts";
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
    const users = hitBy(run.id, before?.users, seen.users);
    exposure[service] = {
      ...(users === undefined ? {} : { users }),
      requests: (before?.requests ?? 0) + requests - (began ? 0 : before.seen.requests),
      errors: (before?.errors ?? 0) + errors - (began ? 0 : before.seen.errors),
      seen: { requests, errors },
    };
  }
  return exposure;
}

/** Under another salt users were divided by another release. Where the counter began anew, they are those of before: no fewer than either. */
function hitBy(salt: string, before: Hit | undefined, now: TrafficSeen["users"]): Hit | undefined {
  if (now === undefined || now.salt !== salt) return before;
  const most = (key: "seen" | "failed"): number => Math.max(before?.[key] ?? 0, now[key]);
  const more = before?.more === true || now.more === true;
  return { seen: most("seen"), failed: most("failed"), ...(more ? { more } : {}) };
}
