import { request } from "undici";
import { GantryError, UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import type { RangeOptions } from "../../signals/promql/evaluator.ts";
import type { Matrix, Value } from "../../signals/promql/evaluate/value.ts";
import type { Labels } from "../../signals/series.ts";

// Prometheus' HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/), as also VictoriaMetrics, Mimir and Thanos speak it.

const timeoutMs = 15_000;
const mostBytes = 32 * 2 ** 20;

type Point = readonly [seconds: number, value: string];
type Data = {
  readonly resultType: "matrix" | "vector" | "scalar" | "string";
  readonly result: unknown;
};

/** `http://user:password@host:9090/prefix`; what comes back is looked at before it is believed. */
export function prometheusApi(url: string) {
  const base = baseOf(url);
  const name = `Prometheus at ${base.host}`;

  async function ask(what: "query" | "query_range", values: Readonly<Record<string, string>>): Promise<Data> {
    const authorization =
      base.username === ""
        ? {}
        : {
            authorization: `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString("base64")}`,
          };
    const at = `${base.protocol}//${base.host}${base.pathname.replace(/\/$/, "")}/api/v1/${what}`;
    const { statusCode, text } = await post(at, new URLSearchParams(values).toString(), authorization);
    const answer = parsed(text) as { status?: unknown; data?: unknown; error?: unknown } | undefined;
    if (answer?.status === "error" && typeof answer.error === "string")
      throw new UserError("not-evaluated", `${name} refuses: ${printable(answer.error)}`);
    const data = answer?.data as Partial<Data> | undefined;
    if (statusCode !== 200 || answer?.status !== "success" || data?.result === undefined || data.resultType === undefined)
      throw new GantryError("not-reachable", `${name} answers ${statusCode}, and not as a Prometheus does`);
    return { resultType: data.resultType, result: data.result };
  }

  async function post(
    at: string,
    body: string,
    more: Readonly<Record<string, string>>,
  ): Promise<{ statusCode: number; text: string }> {
    try {
      const answer = await request(at, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...more },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of answer.body) {
        size += (chunk as Buffer).length;
        if (size > mostBytes) throw new GantryError("not-reachable", `${name} answers with more than 32 MiB`);
        chunks.push(chunk as Buffer);
      }
      return { statusCode: answer.statusCode, text: Buffer.concat(chunks).toString("utf8") };
    } catch (error) {
      if (error instanceof GantryError) throw error;
      const { code } = error as { code?: string };
      throw new GantryError("not-reachable", `${name} cannot be reached${code === undefined ? "" : ` (${code})`}`, {
        hint: "is it the right address?",
      });
    }
  }

  return {
    name,
    async instant(expr: string, atMs: number): Promise<Value> {
      const { resultType, result } = await ask("query", { query: expr, time: String(atMs / 1_000) });
      switch (resultType) {
        case "scalar":
          return { kind: "scalar", value: numberOf((result as Point)[1]) };
        case "string":
          return { kind: "string", value: (result as Point)[1] };
        case "matrix":
          return { kind: "matrix", matrix: matrixOf(result) };
        case "vector":
          return {
            kind: "vector",
            vector: (result as { metric: Labels; value: Point }[]).map(({ metric, value }) => ({
              labels: metric,
              value: numberOf(value[1]),
            })),
          };
      }
    },
    async range(expr: string, { startMs, endMs, stepMs }: RangeOptions): Promise<Matrix> {
      const { result } = await ask("query_range", {
        query: expr,
        start: String(startMs / 1_000),
        end: String(endMs / 1_000),
        step: String(stepMs / 1_000),
      });
      return matrixOf(result);
    },
  };
}

function matrixOf(result: unknown): Matrix {
  return (result as { metric: Labels; values: Point[] }[]).map(({ metric, values }) => ({
    labels: metric,
    times: values.map(([seconds]) => seconds * 1_000),
    values: values.map(([, value]) => numberOf(value)),
  }));
}

function numberOf(text: string): number {
  if (text === "+Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function baseOf(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UserError("usage", "that is no address of a Prometheus", { hint: "write it as http://127.0.0.1:9090" });
  return url;
}
