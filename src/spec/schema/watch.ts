import { z } from "zod";
import { routes } from "./service.ts";
import { condition, signal } from "./signal.ts";
import { duration, identifier, logLevel, percent, ref, refWith, text, title } from "./words.ts";

const channels = z.array(ref("channels")).min(1, "an alert that nobody is told of is none: name a channel");

export const alert = z.strictObject({
  when: condition,
  severity: z.enum(["critical", "high", "warning", "medium", "info"]),
  to: channels,
  owner: ref("roles").optional(),
  runbook: ref("runbooks").optional(),
  keepFiring: duration.optional(),
  every: duration.optional(),
  means: text.optional(),
});

export const slo = z.strictObject({
  of: signal,
  within: duration.optional(),
  target: percent,
  over: duration,
  owner: ref("roles").optional(),
});

export const dashboard = z.strictObject({
  charts: z
    .array(z.strictObject({ title, shows: z.array(signal).min(1), as: z.enum(["line", "bar", "number", "table"]).optional() }))
    .min(1, "a dashboard without a chart shows nothing"),
  owner: ref("roles").optional(),
});

export const uptime = z.strictObject({
  of: z.union([refWith({ host: z.string(), path: z.string().optional(), port: z.int().optional() }, "services"), routes, ref("services")], "expected a service, some of its routes, or a service at a host"),
  every: duration.optional(),
  timeout: duration.optional(),
  from: z.array(identifier).optional(),
  to: channels.optional(),
});

const field = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.]*$/, "a field is letters, digits, underscores and dots");

export const logs = z.strictObject({
  level: logLevel.optional(),
  fields: z.array(field).optional(),
  drop: z.array(routes).optional(),
  expectedSaving: percent.optional(),
  keep: duration.optional(),
  to: z.enum(["cloud", "loki", "cloudwatch", "elk"]).optional(),
});

export const traces = z.strictObject({
  sample: percent,
  baggage: z.array(field).optional(),
  to: z.enum(["cloud", "tempo", "jaeger"]).optional(),
});

export const tools = z.strictObject({
  metrics: z.array(z.enum(["cloud", "prometheus", "cloudwatch"])).optional(),
  dashboards: z.enum(["cloud", "grafana"]).optional(),
  alerts: z.array(z.enum(["cloud", "alertmanager", "grafana"])).optional(),
  logs: z.enum(["cloud", "loki", "elk", "cloudwatch"]).optional(),
  traces: z.enum(["cloud", "tempo", "jaeger"]).optional(),
  errors: z.literal("sentry").optional(),
  cloudwatch: z.enum(["metric math", "promql"]).optional(),
});

const channelAddress = text.min(1);

export const channel = z.strictObject({
  kind: z.enum(["slack", "pagerduty", "email", "webhook"]),
  address: channelAddress,
  key: ref("secrets").optional(),
  purpose: text.optional(),
});

export const budget = z.strictObject({
  monthly: z.number().gt(0).optional(),
  daily: z.number().gt(0).optional(),
  alertAt: z.array(percent).optional(),
  to: z.array(ref("channels")).optional(),
  atCap: z.enum(["alert", "scale to zero", "stop"]).optional(),
});

export const costs = z.strictObject({
  lines: z
    .array(
      z.strictObject({
        line: title,
        of: z
          .union(
            [ref("resources", "services"), z.enum(["network", "connector", "secrets", "monitoring"])],
            'expected a resource, a service, or "network", "connector", "secrets" or "monitoring"',
          )
          .optional(),
        stated: z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])], "expected dollars a month, or [least, most]"),
        size: text.optional(),
      }),
    )
    .optional(),
  total: z.tuple([z.number().min(0), z.number().min(0)]).optional(),
  estimate: z.tuple([z.number().min(0), z.number().min(0)]).optional(),
  currency: z.literal("USD").optional(),
});
