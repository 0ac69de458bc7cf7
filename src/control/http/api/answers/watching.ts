import { UserError } from "../../../../lib/errors.ts";
import type { Control } from "../../../control.ts";
import { findTrace } from "../../../telemetry/find-trace.ts";
import { searchLogs } from "../../../telemetry/search-logs.ts";
import { alertViews } from "../../../watching/alert-views.ts";
import { askExpression } from "../../../watching/ask-expression.ts";
import { dashboardViews } from "../../../watching/dashboard-views.ts";
import { acknowledge, beginSilence, endSilence, silencesOf } from "../../../watching/desk.ts";
import type { EnvironmentWatch } from "../../../watching/environment-watch.ts";
import { savedLines } from "../../../watching/saved-lines.ts";
import { slosOf } from "../../../watching/slos.ts";
import { telemetryView } from "../../../watching/telemetry-view.ts";
import { type TestTold, testChannel } from "../../../watching/test-channel.ts";
import { rowOf } from "../../../releases/make-release.ts";
import { actorOfAsker } from "../asker.ts";
import type { AnswerKey, Part } from "../handler.ts";

const done = { ok: true } as const;
type At<Tail extends string> = `/v1/products/{product}/environments/{environment}/${Tail}`;
type Keys = Extract<
  AnswerKey,
  | `GET ${At<"alerts" | "silences" | "slos" | "dashboards" | "saved-lines" | "telemetry" | "query" | "logs" | "traces/{trace}">}`
  | `POST ${At<"alerts/{id}/acknowledgements" | "silences" | "channels/{name}/test">}`
  | `DELETE ${At<"silences/{id}">}`
>;

export function watchingAnswers({ platform, watch }: Control): Part<Keys> {
  const { place } = platform;
  const watched = (params: { readonly product: string; readonly environment: string }): EnvironmentWatch => {
    const one = watch.of(params.environment);
    if (one?.environment.product === params.product) return one;
    throw new UserError("unknown-environment", `${params.environment} is not watched`, { hint: "gantry up starts it" });
  };
  return {
    "GET /v1/products/{product}/environments/{environment}/alerts": ({ params }) => ({ items: alertViews(watched(params)) }),
    "POST /v1/products/{product}/environments/{environment}/alerts/{id}/acknowledgements": async ({ asker, params, body }) => {
      const by = actorOfAsker(asker, body.as);
      await acknowledge(platform, watched(params), { fingerprint: params.id, by, reason: body.reason });
      return done;
    },
    "GET /v1/products/{product}/environments/{environment}/silences": ({ params }) => ({
      items: silencesOf(watched(params), Date.now()),
    }),
    "POST /v1/products/{product}/environments/{environment}/silences": ({ asker, params, body }) =>
      beginSilence(platform, watched(params), { asked: body, by: actorOfAsker(asker, body.as) }),
    "DELETE /v1/products/{product}/environments/{environment}/silences/{id}": async ({ asker, params }) => {
      await endSilence(platform, watched(params), { id: params.id, by: actorOfAsker(asker) });
      return done;
    },
    "GET /v1/products/{product}/environments/{environment}/slos": async ({ params }) => ({
      items: await slosOf(watched(params), Date.now()),
    }),
    "POST /v1/products/{product}/environments/{environment}/channels/{name}/test": async ({ asker, params, body, signal }) => {
      const by = actorOfAsker(asker, body.as);
      let told: TestTold | undefined;
      const line = (document: TestTold) => void (told = document);
      await testChannel(watched(params), params.name, { platform, watch, line, signal, by });
      return told ?? { ok: false, said: "whoever asked has gone" };
    },
    "GET /v1/products/{product}/environments/{environment}/saved-lines": async ({ params }) => {
      const [counted, { startedAt }] = await Promise.all([platform.agent.traffic(), platform.agent.state()]);
      return savedLines(watched(params), counted, startedAt);
    },
    "GET /v1/products/{product}/environments/{environment}/telemetry": ({ params }) => {
      const one = watched(params);
      return telemetryView(one, watch.problemsOf(one.key));
    },
    "GET /v1/products/{product}/environments/{environment}/dashboards": async ({ params, query }) => ({
      items: await dashboardViews(watched(params), query.rangeMs),
    }),
    "GET /v1/products/{product}/environments/{environment}/query": ({ params, query }) => {
      const { expr, atMs = Date.now(), rangeMs, stepMs } = query;
      return askExpression(watched(params).signals, { expr, atMs, rangeMs, stepMs });
    },
    "GET /v1/products/{product}/environments/{environment}/logs": async ({ params, query }) => {
      await rowOf(platform, params.product, params.environment);
      const { service, requests, trace, sinceMs, untilMs, level, text, limit } = query;
      const items = await searchLogs(place.logs, {
        environment: params.environment,
        limit,
        requests: requests === "true",
        ...(service === undefined ? {} : { service }),
        ...(trace === undefined ? {} : { traceId: trace }),
        ...(sinceMs === undefined ? {} : { sinceMs }),
        ...(untilMs === undefined ? {} : { untilMs }),
        ...(level === undefined ? {} : { level }),
        ...(text === undefined ? {} : { text }),
      });
      return { items };
    },
    "GET /v1/products/{product}/environments/{environment}/traces/{trace}": async ({ params }) => {
      const one = watched(params);
      const { spans, logs } = one.measurements.telemetry;
      return findTrace(params.trace, { logFolder: place.logs, environment: one.key, spans, logs });
    },
  };
}
