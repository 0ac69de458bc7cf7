// What the server measures of itself, as Prometheus reads it (https://prometheus.io/docs/instrumenting/exposition_formats/).

const boundsS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

type Count = { requests: number; sumS: number; readonly buckets: number[] };

export type Measured = {
  /** By what the table calls it: paths as they come would be without number. */
  answered(route: string, status: number, ms: number): void;
  text(more: Readonly<Record<string, number>>): string;
};

export function createMeasured(): Measured {
  const counts = new Map<string, Count>();
  return {
    answered(route, status, ms) {
      const [method = "", path = ""] = route.split(" ", 2);
      const labels = `method="${method}",route="${path}",code="${status}"`;
      const count = counts.get(labels) ?? { requests: 0, sumS: 0, buckets: boundsS.map(() => 0) };
      counts.set(labels, count);
      count.requests += 1;
      count.sumS += ms / 1_000;
      for (const [index, bound] of boundsS.entries())
        if (ms / 1_000 <= bound) count.buckets[index] = (count.buckets[index] ?? 0) + 1;
    },
    text(more) {
      const lines = ["# TYPE gantry_http_request_duration_seconds histogram"];
      for (const [labels, { requests, sumS, buckets }] of counts) {
        for (const [index, bound] of boundsS.entries())
          lines.push(`gantry_http_request_duration_seconds_bucket{${labels},le="${bound}"} ${buckets[index] ?? 0}`);
        lines.push(
          `gantry_http_request_duration_seconds_bucket{${labels},le="+Inf"} ${requests}`,
          `gantry_http_request_duration_seconds_sum{${labels}} ${sumS}`,
          `gantry_http_request_duration_seconds_count{${labels}} ${requests}`,
        );
      }
      for (const [name, value] of Object.entries(more)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join("\n")}\n`;
    },
  };
}
