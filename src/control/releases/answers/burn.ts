import type { Answer, Gate } from "../../../delivery/gate.ts";
import { durationText } from "../../../signals/measures/promql-text.ts";
import type { Value } from "../../../signals/promql/evaluate/value.ts";
import { judgeBurn } from "../../../signals/slo/judge-burn.ts";
import { parsed } from "../../watching/expression.ts";
import { type Look, answered } from "./look.ts";

/** How much of the whole budget of an SLO was burnt within a span. */
export async function burnAnswer(gate: Extract<Gate, { gate: "burn" }>, { watch, nowMs }: Look): Promise<Answer> {
  const slo = watch?.rules.slos.find((one) => one.name === gate.slo);
  if (watch === undefined || slo === undefined)
    return answered("inconclusive", `nothing counts here what ${gate.slo} promises`, nowMs);
  const withinMs = gate.withinMs / watch.speed;
  const range = `[${durationText(withinMs)}]`;
  const [bad, total] = await watch.signals.evaluate(
    [parsed(`sum_over_time(${slo.bad}${range})`), parsed(`sum_over_time(${slo.total}${range})`)],
    nowMs,
  );
  const failed = [bad, total].find((one) => one?.ok === false);
  if (failed?.ok === false) return answered("inconclusive", `the burn of ${gate.slo} cannot be told: ${failed.message}`, nowMs);
  const all = total?.ok === true ? first(total.value) : undefined;
  const asked = { slo, below: gate.below, withinMs: gate.withinMs, speed: watch.speed };
  const { verdict, because, evidence } = judgeBurn(asked, bad?.ok === true ? first(bad.value) : undefined, all);
  return answered(verdict, because, nowMs, evidence);
}

function first(value: Value): number | undefined {
  return value.kind === "vector" ? value.vector[0]?.value : value.kind === "scalar" ? value.value : undefined;
}
