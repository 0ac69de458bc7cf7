import type { ResourceDepths } from "../wire/resources.ts";
import type { BucketTotals } from "./s3/buckets.ts";

export type RequestCounter = {
  readonly count: (api: string, status: number) => void;
  readonly all: () => readonly (readonly [api: string, status: number, count: number])[];
};

export function createRequestCounter(): RequestCounter {
  const counts = new Map<string, [string, number, number]>();
  return {
    all: () => [...counts.values()],
    count: (api, status) => {
      const key = `${api} ${status}`;
      const found = counts.get(key);
      if (found) found[2] += 1;
      else counts.set(key, [api, status, 1]);
    },
  };
}

export type Measured = {
  readonly requests: RequestCounter;
  readonly depths: ResourceDepths;
  readonly buckets: readonly BucketTotals[];
  readonly mails: Readonly<Record<string, number>>;
  readonly brokenLines: number;
};

type Series = readonly [labels: Readonly<Record<string, string>>, value: number];

/** Prometheus' text format. */
export function writeMetrics({ requests, depths, buckets, mails, brokenLines }: Measured): string {
  const queues = depths.queues.map((queue) => ({ labels: { environment: queue.environment, queue: queue.name }, ...queue }));
  const subscriptions = depths.subscriptions.map((one) => ({
    labels: { environment: one.environment, topic: one.topic, subscription: one.name },
    ...one,
  }));
  const stores = buckets.map((bucket) => ({ labels: { environment: bucket.environment, bucket: bucket.name }, ...bucket }));
  return [
    family(
      "gantry_resources_requests_total",
      "counter",
      "Requests by operation and status",
      requests.all().map(([api, status, count]) => [{ api, status: String(status) }, count]),
    ),
    family(
      "gantry_queue_depth",
      "gauge",
      "Messages by what they wait for",
      queues.flatMap(({ labels, visible, inFlight, delayed }): Series[] => [
        [{ ...labels, state: "visible" }, visible],
        [{ ...labels, state: "in_flight" }, inFlight],
        [{ ...labels, state: "delayed" }, delayed],
      ]),
    ),
    family(
      "gantry_queue_oldest_age_seconds",
      "gauge",
      "Age of the oldest unfinished message",
      queues.map(({ labels, oldestAgeMs }) => [labels, oldestAgeMs / 1_000]),
    ),
    family(
      "gantry_queue_dead_letters",
      "gauge",
      "Messages set aside after their last try",
      queues.map(({ labels, dead }) => [labels, dead]),
    ),
    family(
      "gantry_topic_backlog",
      "gauge",
      "Messages that a subscription has not acknowledged",
      subscriptions.map(({ labels, visible, inFlight, delayed }) => [labels, visible + inFlight + delayed]),
    ),
    family(
      "gantry_topic_oldest_age_seconds",
      "gauge",
      "Age of the oldest unacknowledged message",
      subscriptions.map(({ labels, oldestAgeMs }) => [labels, oldestAgeMs / 1_000]),
    ),
    family(
      "gantry_bucket_objects",
      "gauge",
      "Keys in a bucket",
      stores.map(({ labels, objects }) => [labels, objects]),
    ),
    family(
      "gantry_bucket_bytes",
      "gauge",
      "Bytes of all versions in a bucket",
      stores.map(({ labels, bytes }) => [labels, bytes]),
    ),
    family(
      "gantry_mails_total",
      "counter",
      "Mails kept since the start",
      Object.entries(mails).map(([environment, count]) => [{ environment }, count]),
    ),
    family("gantry_resources_broken_lines", "gauge", "Records that the disk spoilt", [[{}, brokenLines]]),
  ].join("");
}

function family(name: string, type: "counter" | "gauge", help: string, series: readonly Series[]): string {
  const lines = series.map(([labels, value]) => {
    const written = Object.entries(labels).map(
      ([key, text]) => `${key}="${text.replace(/["\\\n]/g, (sign) => (sign === "\n" ? "\\n" : `\\${sign}`))}"`,
    );
    return `${name}${written.length > 0 ? `{${written.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
