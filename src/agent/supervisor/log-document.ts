import type { LogLine } from "../../wire/log-line.ts";

export type LineOrigin = Pick<LogLine, "environment" | "service" | "revision" | "replica">;

/** Lines as they go to disk: each one JSON document, and nothing in it that a terminal would obey. */
export function logDocuments(origin: LineOrigin, stream: LogLine["stream"], lines: readonly string[], time: string): string {
  const { environment, service, revision, replica } = origin;
  const same: Omit<LogLine, "line" | "trace_id"> = { time, environment, service, revision, replica, stream };
  // A service may write a hundred thousand lines a second: what they have in common is put into JSON once.
  const head = JSON.stringify(same).slice(0, -1);
  const documents = lines.map((line) => {
    const trace = traceOf(line);
    return `${head},"line":${JSON.stringify(line)}${trace === undefined ? "" : `,"trace_id":${JSON.stringify(trace)}`}}\n`;
  });
  return documents.join("").replace(/[\u007f-\u009f\u2028\u2029]/g, escaped);
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
