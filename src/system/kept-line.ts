import type { LogLine } from "../wire/log-line.ts";

/** Undefined for what no writer of ours wrote: half a line, another program's text. */
export function parseKeptLine(text: string): LogLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { time, environment, service, revision, replica, trace_id, ...rest } = value as Record<string, unknown>;
  const { stream, line } = "method" in rest ? requestLine(rest) : rest;
  if (typeof time !== "string" || typeof environment !== "string" || typeof service !== "string") return undefined;
  if (typeof revision !== "string" || typeof replica !== "string" || typeof line !== "string") return undefined;
  if (stream !== "out" && stream !== "err" && stream !== "gantry" && stream !== "gateway") return undefined;
  return {
    time,
    environment,
    service,
    revision,
    replica,
    stream,
    line,
    ...(typeof trace_id === "string" && { trace_id }),
  };
}

/** A line of the gateway's access log, as one to read. */
function requestLine({ method, path, status, durationMs, fault }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const took = typeof durationMs === "number" ? ` in ${Math.round(durationMs)} ms` : "";
  const why = typeof fault === "string" ? `: ${fault}` : "";
  return { stream: "gateway", line: `${String(method)} ${String(path)} ${String(status)}${took}${why}` };
}

export type LineFilter = {
  readonly since?: Date;
  readonly trace?: string;
  /** The requests that the gateway took, too. */
  readonly requests?: boolean;
  readonly service?: string;
};

/** The lines of a text that pass, each with where it stood. */
export function keptLines(text: string, filter: LineFilter): readonly LogLine[] {
  const since = filter.since?.toISOString();
  return text.split("\n").flatMap((one) => {
    // What does not even contain the trace need not be parsed to see that it is not of it.
    if (one === "" || (filter.trace !== undefined && !one.includes(filter.trace))) return [];
    const line = parseKeptLine(one);
    if (!line || (since !== undefined && line.time < since)) return [];
    if (filter.service !== undefined && line.service !== filter.service) return [];
    return filter.trace === undefined || line.trace_id === filter.trace ? [line] : [];
  });
}
