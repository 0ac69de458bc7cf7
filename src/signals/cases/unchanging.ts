import { budgetOf } from "../../spec/budget-of.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { durationText, numberText } from "../measures/promql-text.ts";
import type { ConditionData } from "../measures/spec-data.ts";
import { thresholdOf } from "../measures/threshold.ts";
import type { AlertRule } from "../rules/ruleset.ts";
import type { AlertCase } from "./alert-case.ts";
import { named } from "./drawn.ts";
import { holds } from "./levels.ts";
import { notationOf } from "./notation.ts";

// Two kinds of alert have no value that rises and falls: one on what is missing, and one on what the spec itself says.

const minute = 60_000;
/** What was seen last holds for so long. */
const seenMs = 5 * minute;

/** Nothing tells of a backup any more, for long enough and for less. */
export function missingCases({ name, path, forMs, keepFiringMs }: AlertRule, { alerts }: Environment): readonly AlertCase[] {
  const resource = refName(alerts[String(path[1])]?.when.signal.of, "resources");
  if (path[0] !== "alerts" || resource === undefined) return [];
  const series = named("backup_last_success_timestamp_seconds", { resource });
  const [firstMs, apartMs] = [10 * minute, Math.max(2 * minute, Math.ceil(forMs / 40 / minute) * minute)];
  const written = (says: string, gapMs: number, expect: readonly (readonly [number, AlertCase["expect"][number]["is"]])[]) => {
    const seen = (ms: number) => notationOf(Array.from({ length: ms / minute }, () => 1_000));
    const lastMs = keepFiringMs + seenMs + 2 * apartMs;
    return {
      alert: name,
      says: `${says}: nobody tells of it for ${durationText(gapMs)}`,
      intervalSeconds: minute / 1_000,
      roundSeconds: minute / 1_000,
      series: { [series]: `${seen(firstMs)} _x${gapMs / minute} ${seen(Math.ceil(lastMs / minute) * minute)}` },
      expect: expect.map(([ms, is]) => ({ at: durationText(Math.round(ms / minute) * minute), is })),
    };
  };
  // Seen the last time a minute before the gap.
  const goneMs = firstMs - minute + seenMs;
  const longMs = Math.ceil((seenMs + forMs) / minute) * minute + 3 * apartMs;
  const shortMs = Math.floor((seenMs + forMs * 0.7) / minute) * minute;
  return [
    written("long enough", longMs, [
      [firstMs - minute, "quiet"],
      [goneMs - minute, "quiet"],
      ...(forMs > 4 * apartMs ? [[goneMs + forMs * 0.75, "pending"] as const] : []),
      [goneMs + forMs + apartMs, "firing"],
      [firstMs + longMs + keepFiringMs + apartMs, "quiet"],
    ]),
    ...(forMs > 4 * apartMs
      ? [
          written("too short", shortMs, [
            [goneMs + forMs * 0.6, "pending"],
            [firstMs + shortMs + apartMs, "quiet"],
          ]),
        ]
      : []),
  ];
}

/** Cases begin in January. */
const daysInMonth = 31;

/** What a day may cost is what the spec says: beyond the threshold always, or never. */
export function budgetCases({ name, forMs }: AlertRule, when: ConditionData, environment: Environment): readonly AlertCase[] {
  const { daily, monthly } = budgetOf(environment) ?? {};
  const level = daily ?? (monthly === undefined ? undefined : monthly / daysInMonth);
  if (level === undefined) return [];
  const rings = when.is !== "timesNormal" && holds(when, level, thresholdOf(when.value));
  return [
    {
      alert: name,
      says: `${numberText(Number(level.toPrecision(4)))} dollars a day, as the spec says`,
      intervalSeconds: 60,
      series: {},
      expect: [
        ...(forMs >= 4 * minute
          ? [{ at: durationText(forMs * 0.5), is: rings ? ("pending" as const) : ("quiet" as const) }]
          : []),
        { at: durationText(forMs + 2 * minute), is: rings ? "firing" : "quiet" },
      ],
    },
  ];
}
