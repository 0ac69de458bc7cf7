import { UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { QueryView, TelemetryView, TraceView } from "../../wire/signals.ts";
import { findTrace } from "../telemetry/find-trace.ts";
import { dashboardViews } from "./dashboard-views.ts";
import { parsed } from "./expression.ts";
import { remoteSignals } from "./signals.ts";
import { slosOf } from "./slos.ts";
import { seriesOf, viewOf } from "./value-views.ts";
import { watchedIn } from "./watched-in.ts";
import type { Watch } from "./watch.ts";

// What may be asked of what was measured.

export function watchingApi(logFolder: string, watch: Watch): readonly Endpoint[] {
  const { asked } = watchedIn(watch);
  return [
    {
      method: "GET",
      path: "/v1/query",
      async answer({ query }): Promise<QueryView> {
        const one = asked(query);
        const remote = query.get("prometheus");
        const signals = remote === null ? one.signals : remoteSignals(remote);
        const expr = parsed(query.get("expr") ?? "");
        const range = numberOf(query.get("range"));
        const at = numberOf(query.get("at")) ?? Date.now();
        const base = { expr: query.get("expr") ?? "", by: signals.by };
        if (range !== undefined) {
          const stepMs = numberOf(query.get("step")) ?? Math.max(1_000, Math.round(range / 60));
          const matrix = await signals.range(expr, { startMs: at - range, endMs: at, stepMs });
          return { ...base, kind: "matrix", series: seriesOf(matrix) };
        }
        const [result] = await signals.evaluate([expr], at);
        if (result?.ok !== true) throw new UserError("not-evaluated", result?.message ?? "it was not evaluated");
        return { ...base, ...viewOf(result.value, at) };
      },
    },
    {
      method: "GET",
      path: "/v1/slos",
      answer: ({ query }) => slosOf(asked(query), Date.now()),
    },
    {
      method: "GET",
      path: "/v1/dashboards",
      answer: ({ query }) => dashboardViews(asked(query), numberOf(query.get("range")) ?? 900_000),
    },
    {
      method: "GET",
      path: "/v1/trace",
      async answer({ query }): Promise<TraceView> {
        const one = asked(query);
        const { spans, logs } = one.measurements.telemetry;
        const trace = await findTrace(query.get("trace") ?? "", { logFolder, environment: one.key, spans, logs });
        return { spans: trace.spans, sent: trace.sent };
      },
    },
    {
      method: "GET",
      path: "/v1/telemetry",
      answer({ query }): TelemetryView {
        const one = asked(query);
        const [measured, recorded] = [one.measurements.measured.view(), one.measurements.recorded.view()];
        const dropped = Object.entries(measured.dropped).map(([why, count]): [string, number] => [
          why,
          count + (recorded.dropped[why as keyof typeof recorded.dropped] ?? 0),
        ]);
        const bytes = (view: typeof measured) => Object.values(view.bytes).reduce((sum, one) => sum + one, 0);
        return {
          series: measured.series + recorded.series,
          samples: measured.samples + recorded.samples,
          bytes: bytes(measured) + bytes(recorded),
          retentionMs: measured.retentionMs,
          dropped: Object.fromEntries(dropped),
          problems: [
            ...watch.problemsOf(one.key),
            ...one.rules.leftOut.map(({ name, reason }) => `${name} is not watched here: ${reason}`),
          ],
        };
      },
    },
  ];
}

function numberOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : parseDurationMs(text);
}
