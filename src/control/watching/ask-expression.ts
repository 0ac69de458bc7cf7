import { UserError } from "../../lib/errors.ts";
import type { QueryView } from "../../wire/signals.ts";
import { parsed } from "./expression.ts";
import type { Signals } from "./signals.ts";
import { seriesOf, viewOf } from "./value-views.ts";

/** Points of one series at most. */
const mostPoints = 11_000;

export type Question = {
  readonly expr: string;
  readonly atMs: number;
  /** Over so long, a value each step; else at that moment. */
  readonly rangeMs?: number | undefined;
  readonly stepMs?: number | undefined;
};

export async function askExpression(
  signals: Signals,
  { expr: text, atMs, rangeMs, stepMs: asked }: Question,
): Promise<QueryView> {
  const expr = parsed(text);
  const base = { expr: text, by: signals.by };
  if (rangeMs !== undefined) {
    const stepMs = asked ?? Math.max(1_000, Math.round(rangeMs / 60));
    if (!(stepMs > 0 && rangeMs / stepMs <= mostPoints))
      throw new UserError("usage", `these would be more than ${mostPoints} points`, {
        hint: "a longer step, or a shorter range",
      });
    const matrix = await signals.range(expr, { startMs: atMs - rangeMs, endMs: atMs, stepMs });
    return { ...base, kind: "matrix", series: seriesOf(matrix) };
  }
  const [result] = await signals.evaluate([expr], atMs);
  if (result?.ok !== true) throw new UserError("not-evaluated", result?.message ?? "it was not evaluated");
  return { ...base, ...viewOf(result.value, atMs) };
}
