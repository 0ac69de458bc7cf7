import type { AnswerOf, Route } from "../../../api/route.ts";
import type { releaseLine, release as releaseSchema } from "../../../api/schema/release.ts";
import { approvalsAsked } from "../../../delivery/gates/approvals-asked.ts";
import type { Release } from "../../../delivery/release.ts";
import { describePlan } from "../../../delivery/words/describe-plan.ts";
import { releaseTitle } from "../../../delivery/words/release-title.ts";
import type { GatesSaid } from "./gates-said.ts";
import type { VerbsFor } from "./verbs-for.ts";

export type Line = AnswerOf<{ readonly answers: typeof releaseLine } & Route>;
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

/** With all that it holds. */
export function wholeLineOf(release: Release): Release & Pick<Line, "title" | "strategy" | "steps"> {
  const { title, strategy, steps } = lineOf(release);
  return { ...release, title, strategy, steps };
}

/** What its gates said before, and what whoever asks may say, comes from elsewhere. */
export function viewOfRelease(
  release: Release,
  { version, nowMs, ...beside }: { readonly version: string; readonly nowMs: number } & GatesSaid & VerbsFor,
): View {
  return {
    ...wholeLineOf(release),
    says: describePlan(release.plan),
    asks: approvalsAsked(release, nowMs).map(({ gate, given, expiresAtMs }) => ({
      role: gate.role,
      given,
      people: gate.people,
      expiresAtMs,
    })),
    ...beside,
    version,
  };
}
