import { currentTrace } from "./trace.ts";

export type Level = "debug" | "info" | "warn" | "error";
export type Fields = Readonly<Record<string, unknown>>;

const levels: readonly Level[] = ["debug", "info", "warn", "error"];
const least = levels.indexOf((process.env["LOG_LEVEL"] ?? "info") as Level);
const about = {
  service: process.env["GANTRY_SERVICE"],
  environment: process.env["GANTRY_ENVIRONMENT"],
  revision: process.env["GANTRY_REVISION"],
};
let fromBaggage: Readonly<Record<string, string>> = {};

/** The fields that every line of this product carries: name in the log → key in the baggage. */
export function logBaggage(fields: Readonly<Record<string, string>>): void {
  fromBaggage = fields;
}

/** One line of JSON on stdout. */
export function log(level: Level, message: string, fields: Fields = {}): void {
  if (levels.indexOf(level) < least) return;
  const trace = currentTrace();
  const carried = Object.entries(fromBaggage).map(([field, key]) => [field, trace?.baggage.get(key) ?? null]);
  const line = {
    time: new Date().toISOString(),
    level,
    message,
    ...about,
    ...(trace ? { trace_id: trace.traceId, span_id: trace.spanId, parent_span_id: trace.parentId } : {}),
    ...(Object.fromEntries(carried) as Fields),
    ...fields,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** What of an error may stand in a log: no address, no input, no secret. */
export function errorFields(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code } = error as { code?: unknown };
  const inner = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return { error: `${error.message}${inner}` || error.name, ...(typeof code === "string" ? { code } : {}) };
}
