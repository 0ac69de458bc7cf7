import { openAgeMs } from "../advance/clock.ts";
import type { Gate } from "../gate.ts";
import type { Release } from "../release.ts";
import { isOpen } from "./questions-of.ts";

export type Approval = Extract<Gate, { readonly gate: "approval" }>;

/** One gate that waits for people now. */
export type AskedApproval = {
  readonly gate: Approval;
  /** Who has said yes to it. */
  readonly given: readonly string[];
  readonly expiresAtMs: number;
};

/** What people are asked at the step where a release stands; nothing where nobody is asked, or no longer. */
export function approvalsAsked(run: Release, nowMs: number): readonly AskedApproval[] {
  const step = run.plan.steps[run.at];
  if (step === undefined || run.endedAtMs !== undefined) return [];
  const isAsked = isOpen(run, step, nowMs) || (run.phase === "paused" && run.bakeSinceMs !== undefined);
  const ageMs = openAgeMs(run, step, nowMs) ?? 0;
  return (isAsked ? step.gates : []).flatMap((gate) =>
    gate.gate === "approval"
      ? [{ gate, given: givenOf(run, gate.id), expiresAtMs: nowMs + gate.expiresMs - Math.max(0, ageMs) }]
      : [],
  );
}

export function givenOf({ approvals }: Release, id: string): readonly string[] {
  return Object.hasOwn(approvals, id) ? (approvals[id] ?? []) : [];
}
