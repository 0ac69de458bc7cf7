import type { Mutable } from "../lib/mutable.ts";
import { compileRollback } from "./compile/rollback.ts";
import type { Actor } from "./machine.ts";
import type { Plan } from "./plan.ts";
import type { Change, Release } from "./release.ts";

export type BeginOptions = {
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly startedBy: Actor;
  readonly changes: readonly Change[];
  readonly why?: string | undefined;
  readonly nowMs: number;
};

/** A release that stands before its first step. */
export function beginRelease({ nowMs, why, ...given }: BeginOptions & { readonly plan: Plan }): Release {
  const { id, product, environment, startedBy, changes, plan } = given;
  const [first] = plan.steps;
  const run: Mutable<Release> = {
    schemaVersion: 1,
    kind: "release",
    id,
    product,
    environment,
    startedBy,
    changes,
    plan,
    startedAtMs: nowMs,
    exclusive: true,
    phase: "progressing",
    at: 0,
    attempt: 1,
    stepSinceMs: nowMs,
    pausedMs: 0,
    answers: {},
    skipped: {},
    approvals: {},
    held: {},
    streaks: {},
    compared: {},
    record: [],
    exposure: {},
  };
  if (why !== undefined) run.why = why;
  // Gates of a step that does nothing are asked at once.
  if (first !== undefined && !first.runs && first.does.length === 0) run.bakeSinceMs = nowMs;
  return run;
}

/** The same once more, also the same version: what was taken back, as a run of its own that knows how many there were. */
export function beginRetry(of: Release, given: Pick<BeginOptions, "id" | "startedBy" | "why" | "nowMs">): Release {
  const { product, environment, changes, plan } = of;
  return { ...beginRelease({ ...given, product, environment, changes, plan }), attempt: of.attempt + 1 };
}

/** It goes back to what was: begun by somebody, and not the way back of a release. */
export function isRollback({ plan }: Pick<Release, "plan">): boolean {
  return plan.strategy === "rollback";
}

/** Why it cannot be tried again; undefined where it can. `serving` is what serves each service now. */
export function whyNotRetry({ phase, changes }: Release, serving: Readonly<Record<string, string>>): string | undefined {
  if (phase !== "degraded") return `it is ${phase}; only what was taken back can be tried again`;
  const moved = changes.find(({ service, from, to }) => {
    const now = Object.hasOwn(serving, service) ? serving[service] : undefined;
    return now !== from && now !== to;
  });
  return moved === undefined ? undefined : `something else serves ${moved.service} now; release it anew`;
}

/** Back to what a service was before: `from` is what serves now, `to` what it was. Nobody is asked, and nothing takes it back again. */
export function beginRollback(given: BeginOptions): Release {
  return beginRelease({ ...given, plan: compileRollback() });
}
