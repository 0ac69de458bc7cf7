// Counters, gauges and histograms in the Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/).

export type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly labels?: Labels; readonly value: number };
type Said = { readonly name: string; readonly labels: Labels; readonly value: number };
type Read = () => Promise<readonly Said[]> | readonly Said[];
type Family = { readonly type: string; readonly help: string; readonly read: Read };

const families = new Map<string, Family>();

export type Counter = (labels?: Labels, by?: number) => void;

/** Only grows. One that has not happened yet stands at 0, so that its first event is seen as a step. */
export function counter(name: string, help: string, first: readonly Labels[] = []): Counter {
  const values = new Map<string, Said>(first.map((labels) => [text(labels), { name, labels, value: 0 }]));
  family(name, "counter", help, () => [...values.values()]);
  return (labels = {}, by = 1) => {
    const key = text(labels);
    values.set(key, { name, labels, value: (values.get(key)?.value ?? 0) + by });
  };
}

/** Asked for when somebody looks. One that cannot be told just now is left out. */
export function gauge(name: string, help: string, read: () => number | readonly Sample[] | Promise<readonly Sample[]>): void {
  measured(name, "gauge", help, read);
}

/** A counter that somebody else keeps: the database, the operating system. */
export function kept(name: string, help: string, read: () => number | readonly Sample[] | Promise<readonly Sample[]>): void {
  measured(name, "counter", help, read);
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Histogram = (labels: Labels, value: number) => void;

export function histogram(name: string, help: string, bounds: readonly number[] = seconds): Histogram {
  const series = new Map<string, { labels: Labels; counts: number[]; sum: number }>();
  family(name, "histogram", help, () =>
    [...series.values()].flatMap(({ labels, counts, sum }) => {
      let total = 0;
      const buckets = [...bounds, Infinity].map((bound, index): Said => {
        total += counts[index] ?? 0;
        return { name: `${name}_bucket`, labels: { ...labels, le: bound === Infinity ? "+Inf" : String(bound) }, value: total };
      });
      return [...buckets, { name: `${name}_sum`, labels, value: sum }, { name: `${name}_count`, labels, value: total }];
    }),
  );
  return (labels, value) => {
    const key = text(labels);
    const one = series.get(key) ?? { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
    const index = bounds.findIndex((bound) => value <= bound);
    const at = index < 0 ? bounds.length : index;
    one.counts[at] = (one.counts[at] ?? 0) + 1;
    one.sum += value;
    series.set(key, one);
  };
}

/** Everything that is measured, as it stands. */
export function metricFamilies(): Promise<
  readonly (Omit<Family, "read"> & { readonly name: string; readonly samples: readonly Said[] })[]
> {
  return Promise.all(Array.from(families, async ([name, { type, help, read }]) => ({ name, type, help, samples: await read() })));
}

export async function metricsText(): Promise<string> {
  const lines = (await metricFamilies()).flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((one) => `${one.name}${text(one.labels)} ${one.value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function measured(
  name: string,
  type: string,
  help: string,
  read: () => number | readonly Sample[] | Promise<readonly Sample[]>,
): void {
  family(name, type, help, async () => {
    try {
      const value = await read();
      const samples = typeof value === "number" ? [{ value }] : value;
      return samples.map(({ labels = {}, value: one }) => ({ name, labels, value: one }));
    } catch {
      return [];
    }
  });
}

function family(name: string, type: string, help: string, read: Read): void {
  if (families.has(name)) throw new Error(`there are two metrics named ${name}`);
  families.set(name, { type, help, read });
}

function text(labels: Labels): string {
  const escape = (value: string): string => value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escape(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

gauge("process_resident_memory_bytes", "Memory that the process holds.", () => process.memoryUsage.rss());
gauge(
  "process_start_time_seconds",
  "When the process started, in seconds since 1970.",
  () => Date.now() / 1_000 - process.uptime(),
);
kept("process_cpu_seconds_total", "Processor time that the process used.", () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
});
