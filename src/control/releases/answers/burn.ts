import type { Answer, Gate } from "../../../delivery/gate.ts";
import { durationText } from "../../../signals/measures/promql-text.ts";
import type { Value } from "../../../signals/promql/evaluate/value.ts";
import { parsed } from "../../watching/expression.ts";
import { percentText } from "../words.ts";
import { type Look, answered } from "./look.ts";

/** How much of the whole budget of an SLO was burnt within a span: so many times too fast, for that part of the SLO's own window. */
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
  const said = durationText(gate.withinMs);
  if (all === undefined || !(all > 0))
    return answered("inconclusive", `nothing was asked in the last ${said}: nobody knows how ${gate.slo} does`, nowMs);
  const times = ((bad?.ok === true ? first(bad.value) : undefined) ?? 0) / all / (1 - slo.target);
  const burnt = times * Math.min(1, withinMs / slo.windowMs);
  return answered(
    burnt < gate.below ? "pass" : "fail",
    `${percentText(burnt)} of the budget of ${gate.slo} was burnt in the last ${said}, ${burnt < gate.below ? "below" : "and not below"} ${percentText(gate.below)}`,
    nowMs,
    { burnt, times, below: gate.below },
  );
}

function first(value: Value): number | undefined {
  return value.kind === "vector" ? value.vector[0]?.value : value.kind === "scalar" ? value.value : undefined;
}
