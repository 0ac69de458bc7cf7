// Takes in metrics, logs and traces by OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), at
// `/otlp/<environment>/v1/<traces|logs|metrics>`: an exporter is told the address up to the environment.
//
// 1. A request is taken as a whole, or refused with a status that says whether to send it again. Of one that is taken, single records may
//    be refused: the answer then says how many, and why.
// 2. Whoever sends is one of the product's services and all the same not trusted: bounded in bytes, in requests at once and in time.
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { RecordStore } from "../../signals/logs/record-store.ts";
import { jsonAnswer, type PartialSuccess, protobufAnswer, protobufStatus, type Signal } from "../../signals/otlp/answer.ts";
import type { Attributes } from "../../signals/otlp/attributes.ts";
import { logRecordsOf } from "../../signals/otlp/log-records.ts";
import { pointsOf } from "../../signals/otlp/metrics.ts";
import type { Loose } from "../../signals/otlp/protobuf.ts";
import { spansOf, type Taken } from "../../signals/otlp/spans.ts";
import { storedLog, storedSpan } from "../../signals/otlp/stored.ts";
import type { MetricStore } from "../../signals/store/metric-store.ts";
import { createDeltaSums } from "./delta-sums.ts";
import { type BodyLimits, bodyOf, messageOf, Refused } from "./otlp-body.ts";

/** Where what an environment's services send is kept. */
export type OtlpSinks = {
  readonly metrics: MetricStore;
  readonly logs: RecordStore;
  readonly spans: RecordStore;
  /** Keys that are kept whatever else a record has. */
  readonly baggage?: readonly string[];
  /** Whether a service's requests of this path are not to be kept, unless they fail. */
  readonly excludes?: (service: string, path: string) => boolean;
};

export type OtlpLimits = BodyLimits & { readonly atOnce: number };

export type OtlpView = {
  readonly requests: number;
  readonly refused: number;
  readonly taken: Readonly<Record<Signal, number>>;
  readonly rejected: Readonly<Record<Signal, number>>;
  /** Left out since the spec says so. */
  readonly excluded: Readonly<Record<Signal, number>>;
};

export type OtlpReceiver = { readonly listener: RequestListener; view(): OtlpView };

const otlpLimits: OtlpLimits = {
  maxBytes: 8 * 2 ** 20,
  maxUnpackedBytes: 32 * 2 ** 20,
  timeoutMs: 10_000,
  atOnce: 16,
};

const place = /^\/otlp\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})\/v1\/(traces|logs|metrics)$/;

export function createOtlpReceiver(options: {
  readonly sinksOf: (environment: string) => OtlpSinks | undefined;
  readonly now: () => number;
  readonly limits?: Partial<OtlpLimits>;
}): OtlpReceiver {
  const limits = { ...otlpLimits, ...options.limits };
  const deltas = new WeakMap<MetricStore, ReturnType<typeof createDeltaSums>>();
  const count = () => ({ traces: 0, logs: 0, metrics: 0 });
  const [taken, rejected, excluded] = [count(), count(), count()];
  let [requests, refused, open] = [0, 0, 0];

  function keep(signal: Signal, sinks: OtlpSinks, message: Loose): PartialSuccess | undefined {
    let result: Taken<unknown>;
    if (signal === "traces") {
      const spans = spansOf(message, sinks.baggage);
      for (const span of spans.records)
        if (isExcluded(sinks, span.service, span.attributes, span.failed)) excluded.traces += 1;
        else sinks.spans.append(storedSpan(span));
      result = spans;
    } else if (signal === "logs") {
      const logs = logRecordsOf(message, options.now(), sinks.baggage);
      for (const log of logs.records)
        if (isExcluded(sinks, log.service, log.attributes, log.level === "error")) excluded.logs += 1;
        else sinks.logs.append(storedLog(log));
      result = logs;
    } else {
      const points = pointsOf(message);
      const store = sinks.metrics;
      let sum = deltas.get(store);
      if (!sum) deltas.set(store, (sum = createDeltaSums()));
      for (const { labels, timeMs, value, delta, ended } of points.records) {
        const series = store.series(labels);
        if (!series) continue;
        if (ended) store.end(series, timeMs);
        else store.push(series, timeMs, delta ? sum(labels, value) : value);
      }
      result = points;
    }
    taken[signal] += result.records.length;
    rejected[signal] += result.rejected;
    return result.rejected > 0 ? { rejected: result.rejected, reason: result.reason ?? "" } : undefined;
  }

  async function take(request: IncomingMessage, response: ServerResponse, type: "json" | "protobuf" | undefined): Promise<void> {
    const found = place.exec((request.url ?? "").split("?")[0] ?? "");
    const signal = found?.[2] as Signal | undefined;
    const sinks = found?.[1] === undefined ? undefined : options.sinksOf(found[1]);
    if (!sinks || signal === undefined) throw new Refused(404, "there is nothing at this path, or no such environment is up");
    if (request.method !== "POST") throw new Refused(405, "what is sent here is posted");
    if (type === undefined) throw new Refused(415, "what is sent here is application/x-protobuf or application/json");
    // Exporters send it again a little later.
    if (open > limits.atOnce) throw new Refused(503, "too much comes at once");
    const partial = keep(signal, sinks, messageOf(signal, type, await bodyOf(request, limits)));
    answer(response, 200, type, type === "json" ? jsonAnswer(signal, partial) : protobufAnswer(partial));
  }

  return {
    listener(request, response) {
      const type = typeOf(request);
      requests += 1;
      open += 1;
      take(request, response, type)
        .catch((error: unknown) => {
          refused += 1;
          const status = error instanceof Refused ? error.status : 500;
          const message = error instanceof Refused ? error.message : "a mistake in Gantry itself";
          // The rest of what is sent is not waited for.
          response.setHeader("connection", "close");
          if (status === 503) response.setHeader("retry-after", "1");
          const json = type !== "protobuf";
          answer(response, status, json ? "json" : "protobuf", json ? JSON.stringify({ message }) : protobufStatus(message));
        })
        .finally(() => (open -= 1));
    },
    view: () => ({ requests, refused, taken: { ...taken }, rejected: { ...rejected }, excluded: { ...excluded } }),
  };
}

function typeOf(request: IncomingMessage): "json" | "protobuf" | undefined {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  return type === "application/json" ? "json" : type === "application/x-protobuf" ? "protobuf" : undefined;
}

function answer(response: ServerResponse, status: number, type: "json" | "protobuf", body: string | Uint8Array): void {
  response.writeHead(status, {
    "content-type": type === "json" ? "application/json" : "application/x-protobuf",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function isExcluded({ excludes }: OtlpSinks, service: string, attributes: Attributes, failed: boolean): boolean {
  if (!excludes || failed) return false;
  const status = Number(attributes["http.response.status_code"] ?? attributes["http.status_code"] ?? 0);
  const path = attributes["url.path"] ?? attributes["http.target"] ?? attributes["http.route"];
  return typeof path === "string" && status < 400 && excludes(service, path.split("?")[0] ?? "");
}
