import { z } from "zod";

// Dashboards as the clouds document them, strictly.
// https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

const query = z.strictObject({ prometheusQuery: z.string().min(1), unitOverride: z.string().min(1).optional() });
const threshold = z.strictObject({ label: z.string().optional(), value: z.number() });

const widget = z.union([
  z.strictObject({ title: z.string(), text: z.strictObject({ format: z.literal("MARKDOWN"), content: z.string().min(1) }) }),
  z.strictObject({
    title: z.string(),
    xyChart: z.strictObject({
      dataSets: z
        .array(
          z.strictObject({
            timeSeriesQuery: query,
            plotType: z.enum(["LINE", "STACKED_BAR", "STACKED_AREA"]),
            targetAxis: z.enum(["Y1", "Y2"]),
            legendTemplate: z.string().min(1),
          }),
        )
        .min(1),
      yAxis: z.strictObject({ scale: z.literal("LINEAR") }),
      thresholds: z.array(threshold).min(1).optional(),
      chartOptions: z.strictObject({ mode: z.literal("COLOR") }),
    }),
  }),
  z.strictObject({
    title: z.string(),
    scorecard: z.strictObject({
      timeSeriesQuery: query,
      sparkChartView: z.strictObject({ sparkChartType: z.literal("SPARK_LINE") }),
      thresholds: z
        .array(
          z.strictObject({
            label: z.string().optional(),
            value: z.number(),
            color: z.enum(["RED", "YELLOW"]),
            direction: z.enum(["ABOVE", "BELOW"]),
          }),
        )
        .optional(),
    }),
  }),
  z.strictObject({
    title: z.string(),
    timeSeriesTable: z.strictObject({
      dataSets: z.array(z.strictObject({ timeSeriesQuery: query })).min(1),
      metricVisualization: z.enum(["NUMBER", "BAR"]),
    }),
  }),
]);

export const googleDashboard = z.strictObject({
  displayName: z.string().min(1),
  mosaicLayout: z.strictObject({
    columns: z.literal(48),
    tiles: z
      .array(
        z
          .strictObject({
            xPos: z.int().min(0),
            yPos: z.int().min(0),
            width: z.int().min(1),
            height: z.int().min(1),
            widget,
          })
          .refine(({ xPos, width }) => xPos + width <= 48, "a tile goes over the edge"),
      )
      .min(1)
      .max(40),
  }),
});

export const googlePolicy = z.strictObject({
  displayName: z.string().min(1),
  combiner: z.enum(["OR", "AND"]),
  severity: z.enum(["CRITICAL", "ERROR", "WARNING"]),
  documentation: z.strictObject({ content: z.string().min(1), mimeType: z.literal("text/markdown") }),
  conditions: z
    .array(
      z.strictObject({
        displayName: z.string().min(1),
        conditionPrometheusQueryLanguage: z.strictObject({
          query: z.string().min(1),
          duration: z.string().regex(/^\d+s$/),
          // A multiple of thirty seconds.
          evaluationInterval: z.string().refine((text) => /^\d+s$/.test(text) && Number.parseInt(text, 10) % 30 === 0),
          disableMetricValidation: z.boolean(),
        }),
      }),
    )
    .min(1),
  alertStrategy: z.strictObject({ autoClose: z.string().regex(/^\d+s$/) }),
});
