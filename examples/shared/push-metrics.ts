import { errorFields, log } from "./log.ts";
import { type Labels, metricFamilies } from "./metrics.ts";

const timeoutMs = 2_000;

/**
 * Sends what the counters say by OTLP (https://opentelemetry.io/docs/specs/otlp/#otlphttp) to where OTEL_EXPORTER_OTLP_ENDPOINT says:
 * for what is over before anybody comes to ask it.
 */
export async function pushCounters(): Promise<void> {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    GANTRY_SERVICE: named = "example",
    OTEL_SERVICE_NAME: service = named,
  } = process.env;
  if (!endpoint) return;
  const counters = (await metricFamilies()).filter(({ type, samples }) => type === "counter" && samples.length > 0);
  const timeUnixNano = `${Date.now()}000000`;
  const metrics = counters.map(({ name, samples }) => ({
    name,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: samples.map(({ labels, value }) => ({ timeUnixNano, asDouble: value, attributes: attributesOf(labels) })),
    },
  }));
  const resource = { attributes: attributesOf({ "service.name": service }) };
  try {
    const answer = await fetch(`${endpoint}/v1/metrics`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!answer.ok) log("warn", "metrics were not taken", { status: answer.status });
  } catch (error) {
    log("warn", "metrics could not be sent", errorFields(error));
  }
}

function attributesOf(labels: Labels): object[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
