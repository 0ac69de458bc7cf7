import { stringify } from "yaml";
import { durationMs } from "../../../src/lib/quantities.ts";
import type { DocumentAlert } from "../../signals/alerts-of-the-documents.ts";

/** The cases of an alert as promtool's unit tests: what Prometheus itself says of it, in its own series of alerts. */
export function promtoolTests(id: string, { alert, cases }: Pick<DocumentAlert, "alert" | "cases">): string {
  return stringify(
    {
      rule_files: ["rules.yml"],
      // As often as the rules say; in days of cases every other time, as they would take minutes otherwise.
      evaluation_interval: longestMs({ cases }) > 6 * 3_600_000 ? "60s" : "30s",
      tests: cases.map((one) => ({
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
      })),
    },
    { aliasDuplicateObjects: false },
  );
}

/** How long the longest of an alert's cases is. */
export function longestMs({ cases }: Pick<DocumentAlert, "cases">): number {
  return Math.max(...cases.flatMap(({ expect }) => expect.map(({ at }) => spanMs(at))));
}

/** `2h30m`, as promtool has it. */
function spanMs(text: string): number {
  return [...text.matchAll(/\d+[a-z]+/g)].reduce((sum, [part]) => sum + durationMs(part), 0);
}
