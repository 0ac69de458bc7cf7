import type { AnswerOf, Route } from "../../../api/route.ts";
import type { releaseLine, release as releaseSchema } from "../../../api/schema/release.ts";
import { approvalsAsked } from "../../../delivery/gates/approvals-asked.ts";
import type { Release } from "../../../delivery/release.ts";
import { describePlan } from "../../../delivery/words/describe-plan.ts";
import { releaseTitle } from "../../../delivery/words/release-title.ts";
import { verbsNow } from "./verbs-now.ts";

type Line = AnswerOf<{ readonly answers: typeof releaseLine } & Route>;
type View = AnswerOf<{ readonly answers: typeof releaseSchema } & Route>;

export function lineOf(release: Release): Line {
  const { id, product, environment, plan, phase, at, attempt, startedBy, startedAtMs, endedAtMs, because, changes } = release;
  return {
    id,
    product,
    environment,
    title: releaseTitle(release),
    strategy: plan.strategy,
    phase,
    at,
    steps: plan.steps.length,
    attempt,
    startedBy,
    startedAtMs,
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(because === undefined ? {} : { because }),
    changes,
  };
}

export function viewOfRelease(release: Release, version: string, nowMs: number): View {
  const { plan, stepSinceMs, bakeSinceMs, pausedMs, pausedSinceMs, answers, skipped, compared, switchedAtMs, full } = release;
  return {
    ...lineOf(release),
    plan,
    says: describePlan(plan),
    stepSinceMs,
    ...(bakeSinceMs === undefined ? {} : { bakeSinceMs }),
    pausedMs,
    ...(pausedSinceMs === undefined ? {} : { pausedSinceMs }),
    answers,
    skipped,
    approvals: release.approvals,
    asks: approvalsAsked(release, nowMs).map(({ gate, given, expiresAtMs }) => ({
      role: gate.role,
      given,
      people: gate.people,
      expiresAtMs,
    })),
    compared,
    ...(switchedAtMs === undefined ? {} : { switchedAtMs }),
    ...(full === undefined ? {} : { full }),
    record: release.record,
    exposure: release.exposure,
    verbs: verbsNow(release, nowMs),
    version,
  };
}
