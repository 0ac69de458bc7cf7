import { z } from "zod";

// The parts of Grafana's documented models that are written here, strictly: a field that is not named is refused, and so is one that
// is left out.
// https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
// https://grafana.com/docs/grafana/latest/administration/provisioning/

const source = z.strictObject({ type: z.literal("prometheus"), uid: z.literal("prometheus") });
const uid = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/);
const unit = z.enum(["percentunit", "s", "ops", "bytes", "currencyUSD", "short"]);

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]+$/),
  datasource: source,
  editorMode: z.literal("code"),
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  format: z.literal("table").optional(),
  instant: z.boolean(),
  range: z.boolean(),
});

const step = z.strictObject({ color: z.enum(["green", "red"]), value: z.number().nullable() });
const fieldConfig = <Custom extends z.ZodType>(custom: Custom) =>
  z.strictObject({
    defaults: z.strictObject({
      unit,
      min: z.number().optional(),
      color: z.strictObject({ mode: z.enum(["thresholds", "palette-classic"]) }),
      mappings: z.array(z.never()),
      thresholds: z.strictObject({
        mode: z.literal("absolute"),
        // The first holds for whatever is below the others, which rise.
        steps: z
          .array(step)
          .min(1)
          .refine(([first, ...rest]) => first?.value === null && rest.every(({ value }) => value !== null))
          .refine(([, ...rest]) => rest.every(({ value }, at) => at === 0 || (rest[at - 1]?.value ?? 0) < (value ?? 0))),
      }),
      custom,
    }),
    overrides: z.array(z.never()),
  });

const shared = {
  id: z.int().min(1),
  title: z.string().min(1),
  description: z.string(),
  datasource: source,
  gridPos: z.strictObject({ h: z.int().min(1), w: z.int().min(1).max(24), x: z.int().min(0).max(23), y: z.int().min(0) }),
  links: z.array(z.strictObject({ title: z.string().min(1), url: z.url({ protocol: /^https$/ }), targetBlank: z.literal(true) })),
  targets: z.array(target).min(1),
};

const calcs = z.array(z.enum(["lastNotNull", "max"]));
const panel = z.discriminatedUnion("type", [
  z.strictObject({
    ...shared,
    type: z.literal("timeseries"),
    fieldConfig: fieldConfig(
      z.strictObject({
        drawStyle: z.enum(["line", "bars"]),
        fillOpacity: z.int().min(0).max(100),
        lineWidth: z.int().min(0).max(10),
        showPoints: z.enum(["auto", "never", "always"]),
        spanNulls: z.boolean(),
        thresholdsStyle: z.strictObject({ mode: z.enum(["off", "line"]) }),
      }),
    ),
    options: z.strictObject({
      legend: z.strictObject({
        calcs,
        displayMode: z.enum(["list", "table"]),
        placement: z.enum(["bottom", "right"]),
        showLegend: z.boolean(),
      }),
      tooltip: z.strictObject({ mode: z.enum(["single", "multi", "none"]), sort: z.enum(["none", "asc", "desc"]) }),
    }),
  }),
  z.strictObject({
    ...shared,
    type: z.literal("stat"),
    fieldConfig: fieldConfig(z.strictObject({})),
    options: z.strictObject({
      colorMode: z.enum(["none", "value", "background"]),
      graphMode: z.enum(["none", "area"]),
      justifyMode: z.enum(["auto", "center"]),
      orientation: z.enum(["auto", "horizontal", "vertical"]),
      reduceOptions: z.strictObject({ calcs, fields: z.string(), values: z.boolean() }),
      textMode: z.enum(["auto", "value", "value_and_name", "name", "none"]),
    }),
  }),
  z.strictObject({
    ...shared,
    type: z.literal("table"),
    fieldConfig: fieldConfig(
      z.strictObject({ align: z.literal("auto"), cellOptions: z.strictObject({ type: z.literal("auto") }) }),
    ),
    options: z.strictObject({ showHeader: z.boolean(), cellHeight: z.enum(["sm", "md", "lg"]) }),
  }),
]);

export const dashboard = z
  .strictObject({
    uid,
    title: z.string().min(1),
    description: z.string(),
    tags: z.array(z.string().min(1)).min(1),
    timezone: z.enum(["utc", "browser"]),
    editable: z.boolean(),
    graphTooltip: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    schemaVersion: z.int().min(36).max(42),
    refresh: z.string().regex(/^\d+[smh]$/),
    time: z.strictObject({ from: z.string().regex(/^now-\d+[mhdw]$/), to: z.literal("now") }),
    timepicker: z.strictObject({}),
    templating: z.strictObject({ list: z.array(z.never()) }),
    annotations: z.strictObject({ list: z.array(z.never()) }),
    links: z.array(z.never()),
    panels: z.array(panel).min(1),
  })
  .refine(({ panels }) => new Set(panels.map(({ id }) => id)).size === panels.length, "two panels have one id")
  .refine(
    ({ panels }) =>
      panels.every(({ gridPos: a }, at) =>
        panels
          .slice(at + 1)
          .every(({ gridPos: b }) => a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y),
      ),
    "two panels lie on each other",
  );

const span = z.string().regex(/^\d+(ms|s|m|h|d|w)$/);
const ofSource = (type: string, jsonData: z.ZodType, more: Readonly<Record<string, z.ZodType>> = {}) =>
  z.strictObject({
    name: z.string().min(1),
    uid: z.literal(type),
    type: z.literal(type),
    access: z.literal("proxy"),
    url: z.url({ protocol: /^http$/ }),
    editable: z.literal(false),
    jsonData,
    ...more,
  });

export const datasources = z.strictObject({
  apiVersion: z.literal(1),
  prune: z.boolean(),
  datasources: z
    .array(
      z.union([
        ofSource(
          "prometheus",
          z.strictObject({
            httpMethod: z.literal("POST"),
            timeInterval: span,
            manageAlerts: z.boolean(),
            exemplarTraceIdDestinations: z
              .array(z.strictObject({ name: z.string(), datasourceUid: z.literal("tempo") }))
              .optional(),
          }),
          { isDefault: z.literal(true) },
        ),
        ofSource("alertmanager", z.strictObject({ implementation: z.literal("prometheus") })),
        ofSource(
          "loki",
          z.strictObject({
            maxLines: z.int(),
            derivedFields: z
              .array(
                z.strictObject({
                  name: z.string(),
                  matcherRegex: z.string(),
                  datasourceUid: z.literal("tempo"),
                  url: z.literal("$${__value.raw}"),
                }),
              )
              .optional(),
          }),
        ),
        ofSource(
          "tempo",
          z.strictObject({
            tracesToLogsV2: z
              .strictObject({
                datasourceUid: z.literal("loki"),
                spanStartTimeShift: z.string(),
                spanEndTimeShift: z.string(),
                filterByTraceID: z.boolean(),
                tags: z.array(z.strictObject({ key: z.string(), value: z.string() })),
              })
              .optional(),
            serviceMap: z.strictObject({ datasourceUid: z.literal("prometheus") }),
          }),
        ),
        z.strictObject({
          name: z.literal("CloudWatch"),
          uid: z.literal("cloudwatch"),
          type: z.literal("cloudwatch"),
          access: z.literal("proxy"),
          editable: z.literal(false),
          jsonData: z.strictObject({ authType: z.literal("default"), defaultRegion: z.string().optional() }),
        }),
      ]),
    )
    .min(1),
});

export const provider = z.strictObject({
  apiVersion: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      orgId: z.literal(1),
      folder: z.string().min(1),
      folderUid: uid,
      type: z.literal("file"),
      disableDeletion: z.boolean(),
      allowUiUpdates: z.boolean(),
      updateIntervalSeconds: z.int(),
      options: z.strictObject({ path: z.string().startsWith("/"), foldersFromFilesStructure: z.boolean() }),
    }),
  ),
});

const texts = z.record(z.string(), z.string());
const range = z.strictObject({ from: z.int(), to: z.int() });
const rule = z.strictObject({
  uid,
  title: z.string().min(1),
  condition: z.literal("C"),
  data: z.tuple([
    z.strictObject({
      refId: z.literal("A"),
      relativeTimeRange: range,
      datasourceUid: z.literal("prometheus"),
      model: z.strictObject({
        refId: z.literal("A"),
        datasource: source,
        editorMode: z.literal("code"),
        expr: z.string().min(1),
        instant: z.literal(true),
        range: z.literal(false),
      }),
    }),
    z.strictObject({
      refId: z.literal("C"),
      relativeTimeRange: range,
      datasourceUid: z.literal("__expr__"),
      model: z.strictObject({
        refId: z.literal("C"),
        type: z.literal("math"),
        datasource: z.strictObject({ type: z.literal("__expr__"), uid: z.literal("__expr__") }),
        expression: z.string().min(1),
      }),
    }),
  ]),
  for: span,
  keepFiringFor: span.optional(),
  noDataState: z.enum(["NoData", "OK", "Alerting", "KeepLast"]),
  execErrState: z.enum(["Error", "OK", "Alerting", "KeepLast"]),
  annotations: texts,
  labels: texts,
  isPaused: z.literal(false),
});

const file = z.string().regex(/^\$__file\{\/etc\/grafana\/secrets\/[a-z0-9-]+\}$/);
const receiver = <Settings extends z.ZodType>(type: string, settings: Settings) =>
  z.strictObject({ uid, type: z.literal(type), disableResolveMessage: z.boolean(), settings });

const times = { group_wait: span, group_interval: span, repeat_interval: span };

export const alerting = z.strictObject({
  apiVersion: z.literal(1),
  groups: z.array(
    z.strictObject({
      orgId: z.literal(1),
      name: z.string().min(1),
      folder: z.string().min(1),
      // Grafana's scheduler ticks every ten seconds.
      interval: span.refine((text) => !/^\d+s$/.test(text) || Number.parseInt(text, 10) % 10 === 0),
      rules: z.array(rule).min(1),
    }),
  ),
  contactPoints: z.array(
    z.strictObject({
      orgId: z.literal(1),
      name: z.string().min(1),
      receivers: z
        .array(
          z.union([
            receiver("pagerduty", z.strictObject({ integrationKey: file, severity: z.string(), summary: z.string() })),
            receiver("slack", z.strictObject({ url: file, recipient: z.string(), title: z.string(), text: z.string() })),
            receiver("email", z.strictObject({ addresses: z.string(), singleEmail: z.boolean() })),
            receiver("webhook", z.strictObject({ url: z.url(), httpMethod: z.literal("POST"), maxAlerts: z.string() })),
          ]),
        )
        .min(1),
    }),
  ),
  policies: z.array(
    z.strictObject({
      orgId: z.literal(1),
      receiver: z.string().min(1),
      group_by: z.array(z.string()),
      ...times,
      routes: z.array(
        z.strictObject({
          receiver: z.string().min(1),
          object_matchers: z.array(z.tuple([z.string(), z.enum(["=", "!=", "=~", "!~"]), z.string()])).min(1),
          ...times,
        }),
      ),
    }),
  ),
});
