import { durationText } from "../measures/promql-text.ts";
import { recordedMs } from "../measures/shape.ts";
import { burnsOf } from "../rules/burn-alerts.ts";
import type { SloRule } from "../rules/ruleset.ts";
import { shortOf } from "../measures/condition-text.ts";

/** What has to be asked to know how an SLO stands: rates a second, added up over each window, one sample for each recording. */
export type SloQuestion = { readonly overMs: number; readonly bad: string; readonly total: string };

/** The SLO's own window first, then those in which its burn is told, shortest first. */
export function sloQuestions(slo: SloRule): readonly SloQuestion[] {
  const spans = new Set(burnsOf(slo).flatMap(({ longMs }) => [shortOf(longMs), longMs]));
  spans.delete(slo.windowMs);
  const question = (overMs: number): SloQuestion => ({
    overMs,
    bad: `sum_over_time(${slo.bad}[${durationText(overMs)}])`,
    total: `sum_over_time(${slo.total}[${durationText(overMs)}])`,
  });
  return [question(slo.windowMs), ...[...spans].toSorted((a, b) => a - b).map(question)];
}

/** What a question gave: sums of rates, or nothing. */
export type SloAnswer = { readonly overMs: number; readonly bad: number | undefined; readonly total: number | undefined };

export type SloBurn = {
  readonly overMs: number;
  /** 1 uses up the budget exactly at the end of the SLO's window. */
  readonly times: number;
};

export type SloStatus = {
  readonly name: string;
  readonly target: number;
  readonly windowMs: number;
  /** Requests, jobs, checks or, for what just stands there, seconds. */
  readonly total: number;
  readonly bad: number;
  readonly good: number;
  /** The share that was good. */
  readonly share: number;
  /** How many more may be bad. Below nothing when the promise is broken. */
  readonly budgetLeft: number;
  /** The same as a share of the whole budget. */
  readonly budgetLeftShare: number;
  readonly burns: readonly SloBurn[];
  /** At the pace of the last hour; not there when the budget outlasts the window. 0 when it is gone. */
  readonly exhaustedInMs?: number;
  readonly keeps: boolean;
};

const hourMs = 3_600_000;

/**
 * How an SLO stands, from the answers to its questions. `everyMs` is how often its recordings are made: each sample stands for so
 * much time. Undefined when there was nothing that could have been good or bad: no traffic keeps no promise.
 */
export function sloStatus(slo: SloRule, answers: readonly SloAnswer[], everyMs: number): SloStatus | undefined {
  const whole = answers.find(({ overMs }) => overMs === slo.windowMs);
  const seconds = everyMs / 1_000;
  if (whole?.total === undefined || !(whole.total > 0)) return undefined;
  const total = whole.total * seconds;
  const bad = (whole.bad ?? 0) * seconds;
  const allowed = total * (1 - slo.target);
  const burns = answers.flatMap(({ overMs, bad: some = 0, total: all }): SloBurn[] =>
    all === undefined || !(all > 0) ? [] : [{ overMs, times: precise(some / all / (1 - slo.target)) }],
  );
  const left = allowed - bad;
  const exhaustedInMs = left <= 0 ? 0 : exhaustion(left, answers, { slo, seconds });
  return {
    name: slo.name,
    target: slo.target,
    windowMs: slo.windowMs,
    total: precise(total),
    bad: precise(bad),
    good: precise(total - bad),
    share: precise((total - bad) / total),
    budgetLeft: precise(left),
    budgetLeftShare: precise(left / allowed),
    burns,
    ...(exhaustedInMs === undefined ? {} : { exhaustedInMs }),
    keeps: left >= 0,
  };
}

/** What is left, at the pace of about the last hour. */
function exhaustion(
  left: number,
  answers: readonly SloAnswer[],
  { slo, seconds }: { readonly slo: SloRule; readonly seconds: number },
): number | undefined {
  const windows = answers.filter(({ overMs }) => overMs !== slo.windowMs && overMs > recordedMs);
  const last = windows.find(({ overMs }) => overMs >= hourMs) ?? windows.at(-1);
  if (last?.bad === undefined || last.total === undefined || !(last.total > 0)) return undefined;
  // Slower than the budget comes back: it is not used up within the window.
  if (last.bad / last.total <= 1 - slo.target) return undefined;
  return Math.round((left * last.overMs) / (last.bad * seconds));
}

function precise(value: number): number {
  return Number(value.toPrecision(12));
}
