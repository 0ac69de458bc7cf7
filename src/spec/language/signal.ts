import { type ValueMeaning, meaningOf, value } from "../node.ts";
import type { Duration, Percent } from "./units.ts";

export type Threshold = number | Percent | Duration;

export type Measure =
  | "requests"
  | "errorRate"
  | "errors"
  | "latency"
  | "coldStart"
  | "saturation"
  | "cpu"
  | "memory"
  | "disk"
  | "restarts"
  | "uptime"
  | "queueDepth"
  | "queueAge"
  | "deadLetters"
  | "throughput"
  | "failureRate"
  | "jobRuntime"
  | "jobFailures"
  | "connections"
  | "connectionsUsed"
  | "replicationLag"
  | "queryTime"
  | "hitRate"
  | "certificateLeft"
  | "backupFailures"
  | "backupAge"
  | "burnRate"
  | "budgetLeft"
  | "monthToDate"
  | "dayToDate"
  | "dailyBudget"
  | "spend"
  | "metric"
  | "promql";

/** Something measured over time. It becomes one PromQL expression wherever it is used: alert, gate, dashboard, SLO. */
export class Signal {
  readonly kind = "signal";

  constructor(data: Record<string, unknown>, written: { args?: Record<string, number>; earlier?: object; given?: unknown } = {}) {
    value(this, { kind: "signal", ...data }, written);
  }

  /** The window that rates and quantiles are taken over. */
  over(window: Duration): Signal {
    return new Signal(...more(this, { over: window }, { over: 0 }));
  }

  /** One series a value of these labels, instead of one in all. */
  by(...labels: string[]): Signal {
    return new Signal(...more(this, { by: labels }, {}));
  }

  /** Only the series with these labels. */
  where(labels: Record<string, string>): Signal {
    return new Signal(...more(this, { where: labels }, { where: 0 }));
  }

  /** The highest so many series. */
  top(most: number): Signal {
    return new Signal(...more(this, { top: most }, { top: 0 }));
  }

  above(threshold: Threshold): Condition {
    return this.#is("above", threshold);
  }

  atLeast(threshold: Threshold): Condition {
    return this.#is("atLeast", threshold);
  }

  below(threshold: Threshold): Condition {
    return this.#is("below", threshold);
  }

  atMost(threshold: Threshold): Condition {
    return this.#is("atMost", threshold);
  }

  /** So many times what it usually is; `usual` is the span that says what is usual, and never contains the last hour. */
  timesNormal(times: number, options: { usual?: Duration; atLeast?: number } = {}): Condition {
    return new Condition({ signal: this, is: "timesNormal", value: times, ...options }, { args: { value: 0 }, given: options });
  }

  #is(is: string, threshold: Threshold): Condition {
    return new Condition({ signal: this, is, value: threshold }, { args: { value: 0 } });
  }
}

/** A signal that has a distribution: it needs a quantile to be a number. */
export class Distribution extends Signal {
  override over(window: Duration): Distribution {
    return new Distribution(...more(this, { over: window }, { over: 0 }));
  }
  override by(...labels: string[]): Distribution {
    return new Distribution(...more(this, { by: labels }, {}));
  }
  override where(labels: Record<string, string>): Distribution {
    return new Distribution(...more(this, { where: labels }, { where: 0 }));
  }
  get p50(): Signal {
    return this.quantile(0.5);
  }
  get p95(): Signal {
    return this.quantile(0.95);
  }
  get p99(): Signal {
    return this.quantile(0.99);
  }
  quantile(quantile: number): Signal {
    return new Signal(...more(this, { quantile }, { quantile: 0 }));
  }
}

/** How long requests take; and apart from that, how long a new instance takes before its first. */
export class Latency extends Distribution {
  readonly #of: Measured;

  constructor(of: Measured) {
    super({ measure: "latency", of }, { args: { of: 0 } });
    this.#of = of;
  }

  get coldStart(): Distribution {
    return distribution("coldStart", this.#of);
  }
}

/** A signal held against a threshold. */
export class Condition {
  readonly kind = "condition";

  constructor(data: Record<string, unknown>, written: { args?: Record<string, number>; earlier?: object; given?: unknown } = {}) {
    value(this, { kind: "condition", ...data }, written);
  }

  /** Must hold this long before it counts. Without it a condition counts at once. */
  for(span: Duration): Condition {
    return new Condition(...more(this, { for: span }, { for: 0 }));
  }

  /** Says nothing below this much traffic: one failure in three requests is noise. */
  withAtLeast(requests: number): Condition {
    return new Condition(...more(this, { minimumRequests: requests }, { minimumRequests: 0 }));
  }
}

/** The share of requests answered with a 5xx. */
export function errorRate(of: Measured): Signal {
  return measure("errorRate", of);
}

/** How long requests take. */
export function latency(of: Measured): Latency {
  return new Latency(of);
}

/** How many messages wait. */
export function queueDepth(of: Measured): Signal {
  return measure("queueDepth", of);
}

/** How full the scarcest of its resources is. */
export function saturation(of: Measured): Signal {
  return measure("saturation", of);
}

/** How long jobs take. */
export function jobRuntime(of: Measured): Distribution {
  return distribution("jobRuntime", of);
}

/** How many jobs fail. */
export function jobFailures(of: Measured): Signal {
  return measure("jobFailures", of);
}

/** How long until the certificate of a host runs out. */
export function certificateLeft(of: Measured): Signal {
  return measure("certificateLeft", of);
}

/** The share of checks from outside that succeed. */
export function uptime(of: Measured): Signal {
  return measure("uptime", of);
}

/** CPU used, as a share of what was asked for. */
export function cpu(of: Measured): Signal {
  return measure("cpu", of);
}

/** Memory used, as a share of the limit. */
export function memory(of: Measured): Signal {
  return measure("memory", of);
}

/** How often containers started anew. */
export function restarts(of: Measured): Signal {
  return measure("restarts", of);
}

export type MetricOptions = {
  readonly type?: "counter" | "gauge" | "histogram";
  readonly unit?: string;
  readonly of?: Measured;
  readonly help?: string;
};

/** A metric that the product itself counts, by its Prometheus name. */
export function metric(name: string, options: MetricOptions = {}): Distribution {
  return new Distribution({ measure: "metric", metric: name, ...options }, { args: { metric: 0 }, given: options });
}

/** A PromQL expression as it is, for what the helpers do not say. */
export function promql(expression: string, options: { readonly unit?: string } = {}): Signal {
  return new Signal({ measure: "promql", expression, ...options }, { args: { expression: 0 }, given: options });
}

/** Anything a signal can be about. */
export type Measured = { readonly kind: string; readonly name: string };

export function measure(what: Measure, of: Measured): Signal {
  return new Signal({ measure: what, of }, { args: { of: 0 } });
}

export function distribution(what: Measure, of: Measured): Distribution {
  return new Distribution({ measure: what, of }, { args: { of: 0 } });
}

/** What the next link of a chain is made of: all that the one before it said, and a word more. */
function more(
  before: object,
  said: Record<string, unknown>,
  args: Record<string, number>,
): [data: Record<string, unknown>, written: object] {
  const { kind: _, ...data } = (meaningOf(before) as ValueMeaning).data;
  return [
    { ...data, ...said },
    { args, earlier: before },
  ];
}
