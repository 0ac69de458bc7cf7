import type { Answer, Gate } from "../../../delivery/gate.ts";
import { spanText } from "../../../delivery/words/span.ts";
import { durationMs } from "../../../lib/quantities.ts";
import { refName } from "../../../spec/derive.ts";
import { floorText } from "../../../signals/measures/condition-text.ts";
import { expressionOf, measureOf, windowOf } from "../../../signals/measures/expression-of.ts";
import type { ConditionData } from "../../../signals/measures/spec-data.ts";
import { thresholdWords } from "../../../signals/measures/threshold.ts";
import { atSpeed } from "../../../signals/promql/at-speed.ts";
import type { Value } from "../../../signals/promql/evaluate/value.ts";
import type { Expr } from "../../../signals/promql/syntax/expr.ts";
import { parsed } from "../../watching/expression.ts";
import { valueText } from "../words.ts";
import { heldThroughout } from "./held-throughout.ts";
import { type Look, answered } from "./look.ts";

type Asked = Extract<Gate, { gate: "signal" }>;

/** What the series of these are told apart by revision. */
const byRevision = new Set([
  "requests",
  "errors",
  "errorRate",
  "latency",
  "coldStart",
  "cpu",
  "memory",
  "restarts",
  "saturation",
  "metric",
]);

/**
 * Whether a condition of the spec holds. PromQL gives nothing where it does not, and nothing where nothing was measured: what was
 * measured, and how much of it, is asked beside it.
 */
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
  const told = (verdict: Answer["verdict"], because: string) => answered(verdict, because, nowMs, evidence);
  if (now === undefined) {
    if (floor !== undefined && (requests ?? 0) < floor.least)
      return told(
        "inconclusive",
        `${value.says} is told from ${floor.least} requests on, and there were ${Math.round(requests ?? 0) || "none"}${speed === 1 ? "" : ` in the ${spanText(windowOf(condition.signal, measured).overMs / speed)} that it is at this speed`}`,
      );
    if (number === undefined || Number.isNaN(number)) return told("inconclusive", `${value.says}: nothing was measured`);
    return told(
      gate.passesWhen === "false" ? "pass" : "fail",
      `${value.says} is ${valueText(number * value.scale, value.unit)}, not ${thresholdWords(condition)}`,
    );
  }
  const says = `${value.says} is ${valueText(now * value.scale, value.unit)}, ${thresholdWords(condition)}`;
  const notYet = () =>
    told(gate.passesWhen === "false" ? "pass" : "inconclusive", `${says}, though not yet for ${String(condition.for)}`);
  const forMs = condition.for === undefined ? 0 : durationMs(condition.for) / speed;
  // What was so before is not what the release has done.
  if (gate.passesWhen === "false" && nowMs - forMs < look.release.startedAtMs && forMs > 0) return notYet();
  if (forMs > 0) {
    const whole = await heldThroughout(watch.signals, atSpeed(parsed(asked.expr), speed), { fromMs: nowMs - forMs, nowMs });
    if (whole.is === "unknown") return told("inconclusive", `${value.says} cannot be told: ${whole.because}`);
    if (whole.is === "no") return notYet();
  }
  return told(gate.passesWhen === "false" ? "fail" : "pass", says);
}

/** Only what the new revision answers: five percent of the traffic may fail without much being seen of it in all. */
function ofRevision(condition: ConditionData, revisions: Readonly<Record<string, string>>): ConditionData {
  const { signal } = condition;
  const service = refName(signal.of, "services");
  const revision = service === undefined || !Object.hasOwn(revisions, service) ? undefined : revisions[service];
  if (revision === undefined || !byRevision.has(signal.measure)) return condition;
  return { ...condition, signal: { ...signal, where: { ...signal.where, revision } } };
}

function highest(value: Value): number | undefined {
  if (value.kind === "scalar") return value.value;
  if (value.kind !== "vector") return undefined;
  const numbers = value.vector.map((one) => one.value).filter((one) => !Number.isNaN(one));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}
