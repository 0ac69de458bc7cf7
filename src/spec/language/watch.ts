import { entity, options, value } from "../node.ts";
import type { Channel } from "./channel.ts";
import type { Runbook } from "./operate.ts";
import { Gate, type Role } from "./people.ts";
import type { Host, Routes, Service } from "./service.ts";
import { type Condition, Signal } from "./signal.ts";
import type { Duration, LogLevel, Percent } from "./units.ts";

export type Severity = "critical" | "high" | "warning" | "medium" | "info";

export type AlertOptions = {
  readonly when: Condition;
  readonly severity: Severity;
  readonly to: Channel | readonly Channel[];
  readonly owner?: Role;
  readonly runbook?: Runbook;
  /** Keeps firing this long after the condition went away. */
  readonly keepFiring?: Duration;
  /** How often it is looked at. */
  readonly every?: Duration;
  readonly means?: string;
};

export class Alert {
  readonly kind = "alert";
  readonly name: string;
  declare readonly "~options"?: AlertOptions;

  constructor(name: string, given: AlertOptions) {
    this.name = name;
    entity(this, "alerts", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function alert(name: string, options: AlertOptions): Alert {
  return new Alert(name, options);
}

export type SloOptions = {
  /** What is measured: a share that is bad (`errorRate`), or a time and how long is still good (`latency(api).p99` with `within`). */
  readonly of: Signal;
  readonly within?: Duration;
  readonly target: Percent;
  readonly over: Duration;
  readonly owner?: Role;
};

export class Slo {
  readonly kind = "slo";
  readonly name: string;
  declare readonly "~options"?: SloOptions;

  constructor(name: string, given: SloOptions) {
    this.name = name;
    entity(this, "slos", name, { data: options(given), given, args: { name: 0 } });
  }

  /** A gate: less than this share of the whole budget was burnt within that time. */
  burnBelow(share: Percent, options: { readonly within?: Duration } = {}): Gate {
    return new Gate({ gate: "burn", slo: this, below: share, ...options }, { given: options, args: { below: 0 } });
  }
  /** How many times faster than allowed the budget burns. */
  get burnRate(): Signal {
    return new Signal({ measure: "burnRate", of: this });
  }
  get budgetLeft(): Signal {
    return new Signal({ measure: "budgetLeft", of: this });
  }
}

/** A promise about a signal over a long while. */
export function slo(name: string, options: SloOptions): Slo {
  return new Slo(name, options);
}

/** A panel of a dashboard. */
export class Chart {
  readonly kind = "chart";
  constructor(title: string, shows: Signal | readonly Signal[], given: object) {
    value(this, { title, shows: Array.isArray(shows) ? shows : [shows], ...given }, { given, args: { title: 0, shows: 1 } });
  }
}

export function chart(
  title: string,
  shows: Signal | readonly Signal[],
  options: { readonly as?: "line" | "bar" | "number" | "table" } = {},
): Chart {
  return new Chart(title, shows, options);
}

export type DashboardOptions = { readonly charts: readonly Chart[]; readonly owner?: Role };

export class Dashboard {
  readonly kind = "dashboard";
  readonly name: string;
  declare readonly "~options"?: DashboardOptions;

  constructor(name: string, given: DashboardOptions) {
    this.name = name;
    entity(this, "dashboards", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function dashboard(name: string, options: DashboardOptions): Dashboard {
  return new Dashboard(name, options);
}

export type UptimeOptions = {
  readonly of: Service | Host | Routes;
  readonly every?: Duration;
  readonly timeout?: Duration;
  readonly from?: readonly string[];
  readonly to?: Channel | readonly Channel[];
};

/** A check from outside, as a user would see it. */
export class Uptime {
  readonly kind = "uptime";
  readonly name: string;

  constructor(name: string, given: UptimeOptions) {
    this.name = name;
    entity(this, "uptime", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function uptimeCheck(name: string, options: UptimeOptions): Uptime {
  return new Uptime(name, options);
}

export type LogOptions = {
  readonly level?: LogLevel;
  readonly fields?: readonly string[];
  /** Not kept at all. */
  readonly drop?: readonly Routes[];
  /** The share that dropping is expected to save. */
  readonly expectedSaving?: Percent;
  readonly keep?: Duration;
  readonly to?: "cloud" | "loki" | "cloudwatch" | "elk";
};

export class Logs {
  readonly kind = "logs";
  constructor(given: LogOptions) {
    value(this, options(given), { given });
  }
}

export function logs(options: LogOptions): Logs {
  return new Logs(options);
}

export type TraceOptions = {
  readonly sample: Percent;
  readonly baggage?: readonly string[];
  readonly to?: "cloud" | "tempo" | "jaeger";
};

export class Traces {
  readonly kind = "traces";
  constructor(given: TraceOptions) {
    value(this, options(given), { given });
  }
}

export function traces(options: TraceOptions): Traces {
  return new Traces(options);
}

/** The tools that measure, draw, keep and send. */
export type ObservabilityTools = {
  readonly metrics?: readonly ("cloud" | "prometheus" | "cloudwatch")[];
  readonly dashboards?: "cloud" | "grafana";
  readonly alerts?: readonly ("cloud" | "alertmanager" | "grafana")[];
  readonly logs?: "cloud" | "loki" | "elk" | "cloudwatch";
  readonly traces?: "cloud" | "tempo" | "jaeger";
  readonly errors?: "sentry";
  /**
   * What alarms of CloudWatch are written in. Metric math is what AWS measures itself; with `"promql"` an alarm that metric math only
   * comes near to, or cannot say, is one in PromQL over what a collector sends there. That needs an aws provider of 6.43 or newer.
   */
  readonly cloudwatch?: "metric math" | "promql";
};
