import type { Environment } from "../../../spec/environment.ts";
import { regionOf } from "../../terraform/aws/place.ts";
import { asksCloudWatch } from "../../terraform/aws/alarms.ts";
import { asksForPromql } from "../../terraform/aws/provider.ts";
import { Noted, type YamlValue, noted } from "../../text/yaml.ts";
import { scrapeJobs } from "../prometheus/config.ts";
import type { Watch } from "../watch.ts";

// What alarms in PromQL are reckoned from: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-otel-send.html

type Map = Readonly<Record<string, YamlValue>>;

/** Whether CloudWatch has alarms here that ask for what somebody has to send to it. */
export function feedsCloudWatch(environment: Environment): boolean {
  return environment.cloud === "aws" && asksForPromql(environment) && asksCloudWatch({ environment });
}

type CloudWatchParts = {
  readonly receivers: Map;
  readonly processors: Map;
  readonly exporters: Map;
  readonly extensions: Map;
};

/** What services send, and what Prometheus would scrape, under the same names and labels: signed, as everything of AWS is. */
export function cloudWatchOf(watch: Watch): CloudWatchParts | undefined {
  const { environment } = watch;
  if (environment.cloud !== "aws" || !feedsCloudWatch(environment)) return undefined;
  const region = regionOf(environment);
  const jobs = scrapeJobs(watch);
  return {
    receivers:
      jobs.length === 0
        ? {}
        : {
            "prometheus/cloudwatch": {
              config: { global: { scrape_interval: "15s", scrape_timeout: "10s" }, scrape_configs: jobs.map(escaped) },
            },
          },
    // CloudWatch takes little at a time.
    processors: { "batch/cloudwatch": { timeout: "10s", send_batch_size: 200, send_batch_max_size: 200 } },
    exporters: {
      "otlphttp/cloudwatch": noted(
        "CloudWatch's alarms in PromQL read this. Whoever runs the collector may `cloudwatch:PutMetricData`, and the account takes metrics of OpenTelemetry.",
        { metrics_endpoint: `https://monitoring.${region}.amazonaws.com/v1/metrics`, auth: { authenticator: "sigv4auth" } },
      ),
    },
    extensions: { sigv4auth: { service: "monitoring", region } },
  };
}

/** In the collector's files a dollar begins a variable. */
function escaped(value: YamlValue): YamlValue {
  if (value instanceof Noted) return noted(value.comment, escaped(value.value));
  if (typeof value === "string") return value.replaceAll("$", () => "$$");
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one as YamlValue)]));
}
