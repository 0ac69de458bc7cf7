import { isRecord } from "../../lib/is-record.ts";
import type { EventDraft } from "../../delivery/machine.ts";
import type { Plan } from "../../delivery/plan.ts";
import type { Release } from "../../delivery/release.ts";
import { meanRate } from "../traffic/shape.ts";
import type { Cause, Outcome } from "./outcome.ts";
import type { Stage } from "./stage.ts";
import type { World } from "./world.ts";

export type Ended = {
  readonly run: Release;
  readonly stage: Stage;
  readonly world: World;
  readonly nowMs: number;
  readonly seed: number;
  readonly index: number;
  readonly firstTrafficMs: number | undefined;
  readonly reverted: EventDraft | undefined;
  readonly revertedMs: number | undefined;
};

export function outcomeOf({ run, stage, world, nowMs, seed, index, firstTrafficMs, reverted, revertedMs }: Ended): Outcome {
  const { startMs } = stage.setting;
  let [requests, errors, usual, users] = [0, 0, 0, 0];
  const burnt: number[] = [];
  for (const { service, to } of run.changes)
    for (const arm of world.traffic.arms(service)) {
      if (arm.revision !== to) continue;
      requests += arm.requests;
      errors += arm.errors;
      usual += arm.usualBad;
      users += arm.hit;
      for (const slo of stage.script.budgets)
        if (slo.all.service === service) {
          const allowed = (1 - slo.target) * meanRate(arm.life.traffic) * (slo.windowMs / 1_000);
          burnt.push((arm.errors - arm.usualBad) / allowed);
        }
    }
  const cause = run.phase === "degraded" || run.phase === "reverting" ? causeOf(run.plan, reverted) : undefined;
  return {
    seed,
    run: index,
    ended: endedAs(run, firstTrafficMs !== undefined),
    ...(cause === undefined ? {} : { cause }),
    ...(run.because === undefined || run.phase === "healthy" ? {} : { because: run.because }),
    ...(run.switchedAtMs === undefined ? {} : { fullAfterMs: run.switchedAtMs - startMs }),
    ...(revertedMs === undefined || firstTrafficMs === undefined ? {} : { detectedAfterMs: revertedMs - firstTrafficMs }),
    endedAfterMs: (run.endedAtMs ?? nowMs) - startMs,
    requests,
    errors,
    excess: errors - usual,
    users,
    ...(burnt.length === 0 ? {} : { budget: Math.max(0, ...burnt) }),
  };
}

function endedAs({ phase, stuck }: Release, hadTraffic: boolean): Outcome["ended"] {
  if (phase === "healthy") return "healthy";
  if (phase !== "degraded") return "open";
  if (stuck === true) return "stuck";
  return hadTraffic ? "taken back" : "not released";
}

/** By what the event that turned it says of itself. */
function causeOf(plan: Plan, reverted: EventDraft | undefined): Cause {
  const data = reverted?.data;
  if (!isRecord(data)) return "other";
  const { gate: id } = data;
  if (typeof id === "string") {
    const isWatch = plan.watches.some((one) => one.id === id);
    const gate = [...plan.watches, ...plan.steps.flatMap(({ gates }) => gates)].find((one) => one.id === id);
    switch (gate?.gate) {
      case "alerts":
        return "alert";
      case "compare":
        return "comparison";
      case "approval":
        return "approval";
      case "freeze":
        return "freeze";
      default:
        return isWatch ? "watch" : "gate";
    }
  }
  if ("restarts" in data) return "crash";
  if ("tail" in data) return "not ready";
  return "answer" in data ? "comparison" : "other";
}
