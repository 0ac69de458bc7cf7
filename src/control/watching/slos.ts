import { onceFor } from "../../lib/once-for.ts";
import type { Value } from "../../signals/promql/evaluate/value.ts";
import { parsePromql } from "../../signals/promql/parse.ts";
import type { SloRule } from "../../signals/rules/ruleset.ts";
import { type SloAnswer, sloQuestions, sloStatus } from "../../signals/slo/slo-status.ts";
import type { SloView } from "../../wire/signals.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";

/** How the promises of an environment stand. */
export async function slosOf(
  { rules, signals, key, measurements }: EnvironmentWatch,
  nowMs: number,
): Promise<readonly SloView[]> {
  const views: SloView[] = [];
  for (const slo of rules.slos) {
    const { questions, expressions } = askedOf(slo);
    const values = await signals.evaluate(expressions, nowMs);
    const number = (at: number): number | undefined => {
      const found = values[at];
      return found?.ok === true ? firstOf(found.value) : undefined;
    };
    const answers = questions.map(({ overMs }, index): SloAnswer => ({
      overMs,
      bad: number(2 * index),
      total: number(2 * index + 1),
    }));
    const status = sloStatus(slo, answers, rules.everyMs);
    const [first] = measurements.recorded.select([{ name: "slo", op: "=", value: slo.name }], nowMs - slo.windowMs, nowMs);
    const sinceMs = first?.times[first.from];
    views.push({
      environment: key,
      name: slo.name,
      target: slo.target,
      windowMs: slo.windowMs,
      total: status?.total ?? 0,
      bad: status?.bad ?? 0,
      ...(status === undefined ? {} : { good: status.share, budgetLeft: status.budgetLeftShare }),
      burn: (status?.burns ?? [])
        .filter(({ overMs }) => overMs !== slo.windowMs)
        .map(({ overMs, times }) => ({ windowMs: overMs, rate: times })),
      ...(status?.exhaustedInMs === undefined ? {} : { exhaustedInMs: status.exhaustedInMs }),
      ...(sinceMs === undefined || sinceMs - (nowMs - slo.windowMs) < 2 * rules.everyMs ? {} : { sinceMs }),
    });
  }
  return views;
}

/** Read once: pages ask every few seconds. */
const askedOf = onceFor((slo: SloRule) => {
  const questions = sloQuestions(slo);
  const expressions = questions
    .flatMap(({ bad, total }) => [bad, total])
    .flatMap((text) => {
      const parsed = parsePromql(text);
      return parsed.ok ? [parsed.expr] : [];
    });
  return { questions, expressions };
});

function firstOf(value: Value): number | undefined {
  return value.kind === "vector" ? value.vector[0]?.value : value.kind === "scalar" ? value.value : undefined;
}
