import type { QueryView } from "../live/views.ts";

/** What the gateway counts of a service, of each of its revisions. */
export function trafficOf(service: string) {
  const of = `service="${service}"`;
  const requests = `http_requests_total{${of}}`;
  const failed = `http_requests_total{${of},status=~"5xx|0xx"}`;
  return [
    { title: "Requests", unit: "/s", expr: `sum by (revision) (rate(${requests}[15s]))` },
    {
      title: "Failed",
      unit: "%",
      expr: `100 * sum by (revision) (rate(${failed}[15s])) / sum by (revision) (rate(${requests}[15s]))`,
    },
    {
      title: "Latency, 95 of 100",
      unit: "ms",
      expr: `1000 * histogram_quantile(0.95, sum by (revision, le) (rate(http_request_duration_seconds_bucket{${of}}[15s])))`,
    },
  ] as const;
}

/** Where there was nothing to divide by there is no point. */
export function numbersOf(series: QueryView["series"][number] | undefined): readonly (readonly [number, number])[] {
  return (series?.points ?? []).flatMap(([ms, value]) =>
    typeof ms === "number" && typeof value === "number" ? [[ms, value] as const] : [],
  );
}
