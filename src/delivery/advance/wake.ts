import { isOpen } from "../gates/questions-of.ts";
import type { Release } from "../release.ts";
import { bakeAgeMs } from "./clock.ts";
import { windowEndMs } from "./step-changes.ts";
import { lastingStep, stepAt } from "./turn.ts";

/** While machines start, move or stop, it is looked at often, and less so the longer that takes. */
const soonMs = 250;
const lessSoonMs = 2_000;
/** What nobody answers is not asked without a pause. */
const leastMs = 100;
/** Whatever only waits for somebody is looked at this seldom, to say again what is wanted. */
const seldomMs = 300_000;

/** When to look again if nobody asks before. */
export function wakeAt(
  run: Release,
  { nowMs, hasMoved }: { readonly nowMs: number; readonly hasMoved: boolean },
): number | undefined {
  if (run.endedAtMs !== undefined) return undefined;
  if (hasMoved) return nowMs;
  const { plan, phase } = run;
  const soon = soonAfter(run, nowMs);
  if (phase === "reverting") return nowMs + soon;
  const step = stepAt(run);
  if (step === undefined) {
    const leftMs = windowEndMs(run) - nowMs;
    return nowMs + (leftMs <= 0 ? soon : Math.min(leftMs, plan.lookEveryMs));
  }
  const often = (lastingStep(run)?.runs ?? false) && step.weightPercent > 0 ? plan.lookEveryMs : seldomMs;
  if (phase === "paused") return nowMs + often;
  const age = bakeAgeMs(run, nowMs);
  if (age === undefined || run.lostSinceMs !== undefined || run.full !== undefined) return nowMs + soon;
  if (!isOpen(run, step, nowMs)) return nowMs + Math.max(1, Math.min(often, step.bakeMs - age));
  return Math.max(nowMs + leastMs, Math.min(nowMs + often, ...step.gates.map((gate) => gateDueMs(run, gate, nowMs))));
}

/** How long until the next look while machines start, move or stop. */
export function soonAfter({ lostSinceMs, stepSinceMs }: Release, nowMs: number): number {
  return Math.min(lessSoonMs, Math.max(soonMs, (nowMs - (lostSinceMs ?? stepSinceMs)) / 20));
}

/** When it makes sense to ask a gate again, or when its time is over. */
function gateDueMs(run: Release, gate: Release["plan"]["watches"][number], nowMs: number): number {
  const { plan, answers, held, at } = run;
  const since = held[gate.id] ?? nowMs;
  const step = plan.steps[at];
  const overMs = since + (gate.gate === "approval" ? gate.expiresMs : (step?.deadlineMs ?? 0));
  if (answers[gate.id]?.verdict === "pass") return Infinity;
  if (gate.gate === "approval") return overMs;
  if (gate.gate === "health") {
    const dueMs = (run.streaks[gate.id]?.lastAtMs ?? nowMs) + gate.everyMs;
    // Due already, and nobody could look: at the pace of everything else, then.
    return Math.min(overMs, dueMs > nowMs ? dueMs : nowMs + Math.min(gate.everyMs, plan.lookEveryMs));
  }
  return Math.min(overMs, nowMs + (gate.gate === "smoke" ? soonMs : plan.lookEveryMs));
}
