import { stringify } from "yaml";
import type { DocumentAlert } from "../../signals/alerts-of-the-documents.ts";

/** The cases of alerts as promtool's unit tests: what Prometheus itself says of an alert, in its own series of them. */
export function promtoolTests(
  alerts: readonly (DocumentAlert & { readonly id: string })[],
  everySeconds: number,
): string {
  return stringify(
    {
      rule_files: ["rules.yml"],
      evaluation_interval: `${everySeconds}s`,
      tests: alerts.flatMap(({ id, alert, cases }) =>
        cases.map((one) => ({
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
      ),
    },
    { aliasDuplicateObjects: false },
  );
}
