import type { Answer, Gate } from "../../../delivery/gate.ts";
import { floorText } from "../../../signals/measures/condition-text.ts";
import { expressionOf, measureOf, windowOf } from "../../../signals/measures/expression-of.ts";
import type { ConditionData } from "../../../signals/measures/spec-data.ts";
import { judgeCondition } from "../../../signals/measures/judge-condition.ts";
import { ofRevision } from "../../../signals/measures/of-revision.ts";
import { atSpeed } from "../../../signals/promql/at-speed.ts";
import type { Value } from "../../../signals/promql/evaluate/value.ts";
import type { Expr } from "../../../signals/promql/syntax/expr.ts";
import { parsed } from "../../watching/expression.ts";
import { type Look, answered } from "./look.ts";

type Asked = Extract<Gate, { gate: "signal" }>;

/** Since when a condition holds that has to hold for a while. What is lost with this process begins anew. */
const holding = new Map<string, number>();

/** Whether a condition of the spec holds; what was measured, and how much of it, is asked beside it. */
export async function signalAnswer(gate: Asked, revisions: Readonly<Record<string, string>>, look: Look): Promise<Answer> {
  const { watch, nowMs, material } = look;
  const { environment } = material;
  const condition = ofRevision(gate.condition as ConditionData, revisions);
  if (watch === undefined) return answered("inconclusive", "the environment is not watched", nowMs);
  const { speed } = watch;
  const asked = expressionOf(condition, environment);
  const value = expressionOf(condition.signal, environment);
  const measured = measureOf(condition, environment);
  if (asked.is === "refused" || value.is === "refused" || measured.is === "refused")
    return answered(
      "inconclusive",
      `${gate.says}: ${[asked, value, measured].flatMap((one) => (one.is === "refused" ? one.reason : []))[0] ?? ""}`,
      nowMs,
    );
  const floor = floorText(condition, measured, windowOf(condition.signal, measured));
  const texts = [asked.expr, value.expr, ...(floor === undefined ? [] : [floor.counted])];
  const [holds, seen, counted] = await watch.signals.evaluate(
    texts.map((text): Expr => atSpeed(parsed(text), speed)),
    nowMs,
  );
  const failed = [holds, seen, counted].find((one) => one?.ok === false);
  if (failed?.ok === false) return answered("inconclusive", `${value.says} cannot be told: ${failed.message}`, nowMs);
  const now = holds?.ok === true ? highest(holds.value) : undefined;
  const number = now ?? (seen?.ok === true ? highest(seen.value) : undefined);
  const requests = counted?.ok === true ? highest(counted.value) : undefined;
  const evidence = {
    expr: asked.expr,
    ...(number === undefined ? {} : { value: number }),
    ...(requests === undefined ? {} : { requests: Math.round(requests) }),
    threshold: condition.value,
  };
  const key = `${look.release.id}/${gate.id}`;
  const { says, unit, scale } = value;
  const { passesWhen } = gate;
  const least = floor === undefined ? {} : { least: floor.least };
  const { verdict, because, sinceMs } = judgeCondition(
    { condition, says, unit, scale, passesWhen, ...least },
    { holding: now, value: number, requests },
    { nowMs, sinceMs: holding.get(key), speed },
  );
  if (sinceMs === undefined) holding.delete(key);
  else holding.set(key, sinceMs);
  return answered(verdict, because, nowMs, evidence);
}

function highest(value: Value): number | undefined {
  if (value.kind === "scalar") return value.value;
  if (value.kind !== "vector") return undefined;
  const numbers = value.vector.map((one) => one.value).filter((one) => !Number.isNaN(one));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
