import type { LogLine } from "../../wire/log-line.ts";

export type LineOrigin = Pick<LogLine, "environment" | "service" | "revision" | "replica">;

/** A line as it goes to disk: one JSON document, and nothing in it that a terminal would obey. */
export function logDocument(origin: LineOrigin, stream: LogLine["stream"], line: string, time: string): string {
  const { environment, service, revision, replica } = origin;
  const trace = traceOf(line);
  const document: LogLine = {
    time,
    environment,
    service,
    revision,
    replica,
    stream,
    line,
    ...(trace !== undefined && { trace_id: trace }),
  };
  return `${JSON.stringify(document).replace(/[\u007f-\u009f\u2028\u2029]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** From a line that is a JSON document and says to which trace it belongs. */
export function traceOf(line: string): string | undefined {
  if (!line.startsWith("{") || !/"trace_?[iI]d"/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { trace_id, traceId } = value as Record<string, unknown>;
  const trace = trace_id ?? traceId;
  return typeof trace === "string" && /^[\w.:-]{1,128}$/.test(trace) ? trace : undefined;
}
