import { z } from "zod";
import type { Measure } from "../language/signal.ts";
import { duration, percent, ref, text } from "./words.ts";

const measures = [
  "requests",
  "errorRate",
  "errors",
  "latency",
  "coldStart",
  "saturation",
  "cpu",
  "memory",
  "disk",
  "restarts",
  "uptime",
  "queueDepth",
  "queueAge",
  "deadLetters",
  "throughput",
  "failureRate",
  "jobRuntime",
  "jobFailures",
  "connections",
  "connectionsUsed",
  "replicationLag",
  "queryTime",
  "hitRate",
  "certificateLeft",
  "backupFailures",
  "backupAge",
  "burnRate",
  "budgetLeft",
  "monthToDate",
  "dayToDate",
  "dailyBudget",
  "spend",
  "metric",
  "promql",
] as const satisfies readonly Measure[];

const label = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "a label is letters, digits and underscores");

/** What is about the whole environment, or says itself what it is about. */
const aboutNothing: ReadonlySet<Measure> = new Set(["metric", "promql", "monthToDate", "dayToDate", "dailyBudget", "spend"]);

const plainSignal = z.strictObject({
  kind: z.literal("signal"),
  measure: z.enum(measures),
  of: ref("services", "resources", "slos", "environments").optional(),
  metric: z
    .string()
    .regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, "a metric's name is letters, digits, underscores and colons")
    .optional(),
  type: z.enum(["counter", "gauge", "histogram"]).optional(),
  expression: text.optional(),
  unit: text.optional(),
  help: text.optional(),
  over: duration.optional(),
  quantile: z.number().gt(0, "a quantile lies between 0 and 1").lt(1, "a quantile lies between 0 and 1").optional(),
  by: z.array(label).optional(),
  where: z.record(label, text).optional(),
  top: z.int().min(1).max(100).optional(),
});

export const signal = plainSignal.check((context) => {
  const { measure, of, metric, expression } = context.value;
  const missing = (path: string, message: string) =>
    context.issues.push({ code: "custom", path: [path], message, params: { code: "missing" }, input: context.value });
  if (of === undefined && !aboutNothing.has(measure)) missing("of", `say what ${measure} is about: a service, a resource, an SLO`);
  if (measure === "metric" && metric === undefined) missing("metric", "say which metric");
  if (measure === "promql" && expression === undefined) missing("expression", "say which expression");
  if (of !== undefined && (measure === "burnRate" || measure === "budgetLeft") !== of.ref.startsWith("slos."))
    context.issues.push({
      code: "custom",
      path: ["of"],
      message: measure === "burnRate" || measure === "budgetLeft" ? "a budget is that of an SLO" : "an SLO has a burn rate and a budget left, and nothing else",
      params: { code: "wrong-type" },
      input: context.value,
    });
});

const threshold = z.union([z.number(), percent, duration], "expected a number, a percentage or a duration");

export const condition = z.strictObject({
  kind: z.literal("condition"),
  signal,
  is: z.enum(["above", "atLeast", "below", "atMost", "timesNormal"]),
  value: threshold,
  for: duration.optional(),
  minimumRequests: z.int().min(1).optional(),
  usual: duration.optional(),
  atLeast: z.number().optional(),
});
