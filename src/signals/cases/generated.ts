import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { durationText, numberText } from "../measures/promql-text.ts";
import type { AlertRule } from "../rules/ruleset.ts";
import type { AlertCase } from "./alert-case.ts";
import { drawn } from "./draw.ts";
import type { Drawn } from "./drawn.ts";
import { type Levels, levelsOf } from "./levels.ts";
import { notationOf } from "./notation.ts";
import { type Paces, pacesOf } from "./paces.ts";
import { budgetCases, missingCases } from "./unchanging.ts";

export type Generated =
  { readonly is: "generated"; readonly cases: readonly AlertCase[] } | { readonly is: "not generated"; readonly reason: string };

/**
 * Samples for an alert, made of what its condition means and not of its expression: just beyond the threshold for long enough, just
 * short of it, beyond it for less than it has to last, and beyond it where there is too little to tell.
 */
export function generatedCases(rule: AlertRule, environment: Environment): Generated {
  const { name, when, keepFiringMs } = rule;
  if (when === undefined) return orNone(missingCases(rule, environment), "it is about what is missing, and says not of what");
  if (when.signal.measure === "dailyBudget")
    return orNone(budgetCases(rule, when, environment), "there is no budget, so no day has one");
  const shape = drawn(when, environment);
  if (shape.is === "not drawn") return { is: "not generated", reason: shape.reason };
  const levels = levelsOf(when, shape);
  if ("reason" in levels) return { is: "not generated", reason: levels.reason };
  const forMs = when.for === undefined ? 0 : durationMs(when.for);
  const tale: Tale = { alert: name, shape, levels, forMs, keepFiringMs, paces: pacesOf(shape, forMs) };
  return { is: "generated", cases: [...beyond(tale), ...short(tale), ...brief(tale), ...few(tale), ...silent(tale)] };
}

function orNone(cases: readonly AlertCase[], reason: string): Generated {
  return cases.length === 0 ? { is: "not generated", reason } : { is: "generated", cases };
}

type Tale = {
  readonly alert: string;
  readonly shape: Drawn;
  readonly levels: Levels;
  readonly forMs: number;
  readonly keepFiringMs: number;
  readonly paces: Paces;
};

/** A level for a while. */
type Phase = readonly [level: number, ms: number];
type Moment = readonly [ms: number, is: AlertCase["expect"][number]["is"]];

/** Over the threshold after so much of the window, under it again after so much of the other. */
function crossings({ shape, levels: { before, beyond: over, threshold } }: Tale): {
  readonly upMs: number;
  readonly downMs: number;
} {
  const part = (threshold - before) / (over - before);
  const back = shape.back ?? { windowMs: shape.windowMs, lagMs: shape.lagMs ?? 0 };
  if (shape.seldom === true) return { upMs: shape.windowMs, downMs: back.windowMs };
  return { upMs: part * shape.windowMs + (shape.lagMs ?? 0) / 2, downMs: (1 - part) * back.windowMs + back.lagMs / 2 };
}

function beyond(tale: Tale): readonly AlertCase[] {
  const { shape, levels, forMs, keepFiringMs, paces } = tale;
  const { upMs, downMs } = crossings(tale);
  const { slackMs, stepMs } = paces;
  const backMs = shape.back?.windowMs ?? shape.windowMs;
  const fromMs = beforeMs(tale);
  const lastsMs = rounded(Math.max(upMs + forMs + 2 * slackMs, backMs * 1.05 + slackMs) + 4 * stepMs, stepMs);
  const endMs = fromMs + lastsMs;
  const [early, late] = shape.seldom === true ? [Infinity, Infinity] : [0.15 * shape.windowMs, 0.15 * backMs];
  return [
    written(
      tale,
      `just beyond: ${levels.says(levels.beyond)} for ${durationText(lastsMs)}`,
      [
        [levels.before, fromMs],
        [levels.beyond, lastsMs],
        [levels.before, rounded(downMs + keepFiringMs + 2 * slackMs + 4 * stepMs, stepMs)],
      ],
      [
        [fromMs - stepMs, "quiet"],
        ...(upMs > early && early > slackMs ? [[fromMs + upMs - early, "quiet"] as const] : []),
        ...(forMs * 0.25 > slackMs && shape.seldom !== true ? [[fromMs + upMs + forMs * 0.75, "pending"] as const] : []),
        [fromMs + upMs + forMs + slackMs, "firing"],
        [endMs - stepMs, "firing"],
        ...(downMs > late && late > slackMs ? [[endMs + downMs - late, "firing"] as const] : []),
        ...(keepFiringMs * 0.25 > slackMs && shape.seldom !== true
          ? [[endMs + downMs + keepFiringMs * 0.75, "firing"] as const]
          : []),
        [endMs + downMs + keepFiringMs + slackMs, "quiet"],
      ],
    ),
  ];
}

function short(tale: Tale): readonly AlertCase[] {
  const { shape, levels, forMs, paces } = tale;
  const fromMs = beforeMs(tale);
  const lastsMs = rounded(shape.windowMs + (shape.lagMs ?? 0) + forMs + 2 * paces.slackMs, paces.stepMs);
  return [
    written(
      tale,
      `just short: ${levels.says(levels.short)} for ${durationText(lastsMs)}`,
      [
        [levels.before, fromMs],
        [levels.short, lastsMs],
      ],
      [
        [fromMs - paces.stepMs, "quiet"],
        [fromMs + lastsMs / 2, "quiet"],
        [fromMs + lastsMs - paces.stepMs, "quiet"],
      ],
    ),
  ];
}

/** Beyond for less than it has to last, and then as far from it as can be. */
function brief(tale: Tale): readonly AlertCase[] {
  const { shape, levels, forMs, paces } = tale;
  const { stepMs, slackMs } = paces;
  // In a window that is much longer than that nothing is over so soon.
  if (forMs * 0.25 <= slackMs || shape.windowMs > 4 * forMs || shape.back !== undefined || shape.seldom === true) return [];
  const { upMs } = crossings(tale);
  const fromMs = beforeMs(tale);
  const lastsMs = rounded(upMs + forMs * 0.7, stepMs);
  return [
    written(
      tale,
      `too short: ${levels.says(levels.beyond)} for ${durationText(lastsMs)}`,
      [
        [levels.before, fromMs],
        [levels.beyond, lastsMs],
        [levels.far, rounded(forMs + shape.windowMs, stepMs)],
      ],
      [
        [fromMs + upMs + forMs * 0.62, "pending"],
        [fromMs + upMs + forMs + slackMs, "quiet"],
      ],
    ),
  ];
}

function few(tale: Tale): readonly AlertCase[] {
  const { shape, levels, forMs, paces } = tale;
  if (shape.floor === undefined) return [];
  const lastsMs = rounded(1.5 * shape.windowMs + forMs + 2 * paces.slackMs, paces.stepMs);
  const says = `too few: ${levels.says(levels.worst)} of ${numberText(0.8 * shape.floor)} in ${durationText(shape.windowMs)}`;
  return [
    written(
      { ...tale, paces: { ...paces, each: paces.each * 0.64 } },
      says,
      [[levels.worst, lastsMs]],
      [
        [lastsMs / 2, "quiet"],
        [lastsMs - paces.stepMs, "quiet"],
      ],
    ),
  ];
}

/** Nothing happens any more, for longer than it may; then it does again. */
function silent({ alert, shape: { silence }, forMs, keepFiringMs }: Tale): readonly AlertCase[] {
  if (silence === undefined) return [];
  const { says, lateMs, series } = silence;
  const seconds = 300;
  const lastAt = 12;
  const againAt = lastAt + Math.ceil((lateMs + forMs) / 1_000 / seconds) + 4;
  const since = Array.from(
    { length: againAt + Math.ceil(keepFiringMs / 1_000 / seconds) + 4 },
    (_, at) => (at > lastAt && at < againAt ? lastAt : at) * seconds,
  );
  const at = (ms: number) => durationText(lastAt * seconds * 1_000 + ms);
  return [
    {
      alert,
      says: `${says} for ${durationText(lateMs)}`,
      intervalSeconds: seconds,
      roundSeconds: seconds,
      series: Object.fromEntries(Object.entries(series(since)).map(([name, values]) => [name, notationOf(values)])),
      expect: [
        { at: at(lateMs - 300_000), is: "quiet" },
        { at: at(lateMs + forMs + 600_000), is: "firing" },
        { at: durationText((againAt + 1) * seconds * 1_000 + keepFiringMs), is: "quiet" },
      ],
    },
  ];
}

/** Before anything happens: as long as anything looks back. A counter that has just begun seems slow, and what falls rings for it. */
function beforeMs({ shape, levels, keepFiringMs, paces: { stepMs } }: Tale): number {
  const { windowMs, lagMs = 0 } = shape;
  return rounded(windowMs * 1.1 + 2 * lagMs + levels.usualMs + keepFiringMs + 6 * stepMs, stepMs);
}

function rounded(ms: number, stepMs: number): number {
  return Math.ceil(ms / stepMs) * stepMs;
}

function written(
  { alert, shape, paces: { stepMs, roundMs, each } }: Tale,
  says: string,
  phases: readonly Phase[],
  moments: readonly Moment[],
): AlertCase {
  const levels = phases.flatMap(([level, ms]) => Array.from({ length: Math.round(ms / stepMs) }, () => level));
  const series = shape.series(levels, { stepSeconds: stepMs / 1_000, each });
  return {
    alert,
    says,
    intervalSeconds: stepMs / 1_000,
    roundSeconds: roundMs / 1_000,
    series: Object.fromEntries(Object.entries(series).map(([name, values]) => [name, notationOf(values)])),
    expect: moments.map(([ms, is]) => ({ at: durationText(Math.round(ms / 1_000) * 1_000), is })),
  };
}
