import { parseDurationMs } from "../../lib/quantities.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { QueryView, SavedLinesView, TelemetryView, TraceView } from "../../wire/signals.ts";
import type { Platform } from "../platform.ts";
import { findTrace } from "../telemetry/find-trace.ts";
import { askExpression } from "./ask-expression.ts";
import { dashboardViews } from "./dashboard-views.ts";
import { remoteSignals } from "./signals.ts";
import { savedLines } from "./saved-lines.ts";
import { slosOf } from "./slos.ts";
import { telemetryView } from "./telemetry-view.ts";
import { watchedIn } from "./watched-in.ts";
import type { Watch } from "./watch.ts";

// What may be asked of what was measured.

export function watchingApi(platform: Platform, watch: Watch): readonly Endpoint[] {
  const logFolder = platform.place.logs;
  const { asked } = watchedIn(watch);
  return [
    {
      method: "GET",
      path: "/v1/query",
      async answer({ query }): Promise<QueryView> {
        const one = asked(query);
        const remote = query.get("prometheus");
        const signals = remote === null ? one.signals : remoteSignals(remote);
        return askExpression(signals, {
          expr: query.get("expr") ?? "",
          atMs: numberOf(query.get("at")) ?? Date.now(),
          rangeMs: numberOf(query.get("range")),
          stepMs: numberOf(query.get("step")),
        });
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
      path: "/v1/saved-lines",
      async answer({ query }): Promise<SavedLinesView> {
        const one = asked(query);
        const [counted, { startedAt }] = await Promise.all([platform.agent.traffic(), platform.agent.state()]);
        return savedLines(one, counted, startedAt);
      },
    },
    {
      method: "GET",
      path: "/v1/telemetry",
      answer({ query }): TelemetryView {
        const one = asked(query);
        return telemetryView(one, watch.problemsOf(one.key));
      },
    },
  ];
}

function numberOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : parseDurationMs(text);
}
