import type { Answer, Gate } from "../../../delivery/gate.ts";
import { spanText } from "../../../delivery/words/span.ts";
import { durationMs } from "../../../lib/quantities.ts";
import { floorText } from "../../../signals/measures/condition-text.ts";
import { expressionOf, measureOf, windowOf } from "../../../signals/measures/expression-of.ts";
import type { ConditionData } from "../../../signals/measures/spec-data.ts";
import { type Held, judgeCondition } from "../../../signals/measures/judge-condition.ts";
import { ofRevision } from "../../../signals/measures/of-revision.ts";
import { atSpeed } from "../../../signals/promql/at-speed.ts";
import type { Value } from "../../../signals/promql/evaluate/value.ts";
import type { Expr } from "../../../signals/promql/syntax/expr.ts";
import { parsed } from "../../watching/expression.ts";
import { heldThroughout } from "./held-throughout.ts";
import { type Look, answered } from "./look.ts";

type Asked = Extract<Gate, { gate: "signal" }>;

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
  const { says, unit, scale } = value;
  const { passesWhen } = gate;
  const within =
    speed === 1 ? "" : ` in the ${spanText(windowOf(condition.signal, measured).overMs / speed)} that it is at this speed`;
  const held = now === undefined ? notHeld : await heldFor({ condition, passesWhen, expr: asked.expr }, look, watch);
  const { verdict, because } = judgeCondition(
    { condition, says, unit, scale, passesWhen, ...(floor === undefined ? {} : { least: floor.least, within }) },
    { holding: now, value: number, requests },
    held,
  );
  return answered(verdict, because, nowMs, evidence);
}

const notHeld: Held = { is: "no" };

/** Whether it has held for as long as it has to. */
async function heldFor(
  {
    condition,
    passesWhen,
    expr,
  }: { readonly condition: ConditionData; readonly passesWhen: Asked["passesWhen"]; readonly expr: string },
  { nowMs, release }: Look,
  { signals, speed }: NonNullable<Look["watch"]>,
): Promise<Held> {
  const forMs = condition.for === undefined ? 0 : durationMs(condition.for) / speed;
  if (forMs === 0) return { is: "yes" };
  // What was so before is not what the release has done.
  if (passesWhen === "false" && nowMs - forMs < release.startedAtMs) return notHeld;
  return heldThroughout(signals, atSpeed(parsed(expr), speed), { fromMs: nowMs - forMs, nowMs });
}

function highest(value: Value): number | undefined {
  if (value.kind === "scalar") return value.value;
  if (value.kind !== "vector") return undefined;
  const numbers = value.vector.map((one) => one.value).filter((one) => !Number.isNaN(one));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
