import { stringify } from "yaml";
import { durationMs } from "../../../src/lib/quantities.ts";
import type { DocumentAlert } from "../../signals/alerts-of-the-documents.ts";

type Case = DocumentAlert["cases"][number];

/** The cases of an alert as promtool's unit tests, a file each: what Prometheus itself says of it, in its own series of alerts. */
export function promtoolTests(id: string, { alert, cases }: Pick<DocumentAlert, "alert" | "cases">): readonly string[] {
  return cases.map((one) =>
    stringify(
      {
        rule_files: ["rules.yml"],
        evaluation_interval: `${evaluatedEveryMs(one) / 1_000}s`,
        tests: [
          {
            name: `${alert}: ${one.says}`,
            interval: `${one.intervalSeconds ?? 60}s`,
            input_series: Object.entries(one.series).map(([series, values]) => ({ series, values })),
            promql_expr_test: one.expect.flatMap(({ at, is }) =>
              (["pending", "firing"] as const).map((state) => ({
                expr: `clamp_max(count(ALERTS{alertname="${id}",alertstate="${state}"}), 1)`,
                eval_time: at,
                exp_samples: is === state ? [{ labels: "{}", value: 1 }] : [],
              })),
            ),
          },
        ],
      },
      { aliasDuplicateObjects: false },
    ),
  );
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** As often as rules usually are; in hours and days of samples more seldom, which would take minutes otherwise, at each moment that is asked for. */
function evaluatedEveryMs({ expect }: Case): number {
  const moments = expect.map(({ at }) => spanMs(at));
  const longest = Math.max(...moments);
  if (longest <= 6 * hourMs) return 30 * secondMs;
  const most = longest <= 24 * hourMs ? minuteMs : 5 * minuteMs;
  return (
    [5 * minuteMs, 2 * minuteMs, minuteMs].find((every) => every <= most && moments.every((at) => at % every === 0)) ?? minuteMs
  );
}

/** `2h30m`, as promtool has it. */
function spanMs(text: string): number {
  return [...text.matchAll(/\d+[a-z]+/g)].reduce((sum, [part]) => sum + durationMs(part), 0);
}
