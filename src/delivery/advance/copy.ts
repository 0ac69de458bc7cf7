import type { Mutable } from "../../lib/mutable.ts";
import type { Release } from "../release.ts";

type Optional = { [Key in keyof Release]-?: object extends Pick<Release, Key> ? Key : never }[keyof Release];

/** In this order; a key that is missing here is a mistake of types. */
const optional: Readonly<Record<Optional, true>> = {
  endedAtMs: true,
  why: true,
  leftovers: true,
  bakeSinceMs: true,
  pausedSinceMs: true,
  lostSinceMs: true,
  full: true,
  because: true,
  stuck: true,
  switchedAtMs: true,
};
const optionalKeys = Object.keys(optional) as readonly Optional[];

/**
 * A copy, without these keys. Not `{ ...run }`: of objects that were made by spreading the engine keeps a hidden class for each, so that whatever reads
 * them is slow, and a rehearsal takes millions of looks.
 */
export function copyOf(run: Release, without: readonly (keyof Release)[] = []): Mutable<Release> {
  const copy: Mutable<Release> = {
    schemaVersion: run.schemaVersion,
    id: run.id,
    kind: run.kind,
    product: run.product,
    environment: run.environment,
    startedBy: run.startedBy,
    startedAtMs: run.startedAtMs,
    exclusive: run.exclusive,
    changes: run.changes,
    plan: run.plan,
    phase: run.phase,
    at: run.at,
    attempt: run.attempt,
    stepSinceMs: run.stepSinceMs,
    pausedMs: run.pausedMs,
    answers: run.answers,
    skipped: run.skipped,
    approvals: run.approvals,
    held: run.held,
    streaks: run.streaks,
    compared: run.compared,
    record: run.record,
    exposure: run.exposure,
  };
  for (const key of optionalKeys) if (run[key] !== undefined && !without.includes(key)) keep(copy, run, key);
  return copy;
}

function keep<Key extends Optional>(copy: Mutable<Release>, run: Release, key: Key): void {
  copy[key] = run[key];
}
