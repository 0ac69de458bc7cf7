import type { Held } from "../../../signals/measures/judge-condition.ts";
import type { Expr } from "../../../signals/promql/syntax/expr.ts";
import type { Signals } from "../../watching/signals.ts";

const mostInstants = 60;
/** Nothing is sampled more often. */
const leastStepMs = 250;

/** Whether a condition gave something at every instant of a span. Nothing is remembered: whoever asks again, also after a restart, asks the samples. */
export async function heldThroughout(
  signals: Pick<Signals, "range">,
  condition: Expr,
  { fromMs, nowMs }: { readonly fromMs: number; readonly nowMs: number },
): Promise<Held> {
  const steps = Math.max(1, Math.min(mostInstants, Math.floor((nowMs - fromMs) / leastStepMs)));
  const stepMs = Math.max(1, Math.floor((nowMs - fromMs) / steps));
  const startMs = Math.round(nowMs - steps * stepMs);
  const endMs = startMs + steps * stepMs;
  try {
    const matrix = await signals.range(condition, { startMs, endMs, stepMs });
    const instants = new Set<number>();
    for (const { times, values } of matrix)
      values.forEach((value, index) => {
        const atMs = times[index];
        if (atMs !== undefined && !Number.isNaN(value)) instants.add(atMs);
      });
    return { is: instants.size > steps ? "yes" : "no" };
  } catch (error) {
    return { is: "unknown", because: error instanceof Error ? error.message : String(error) };
  }
}
