import type { ConditionData } from "../measures/spec-data.ts";

// What an environment's promises become before they are written for a back end or evaluated here: plain data.

export type Severity = "critical" | "high" | "warning" | "medium" | "info";

/** A series that is computed from others, so that long windows stay cheap. */
export type Recording = {
  readonly kind: "recording";
  /** As `slo:errors:rate5m`. */
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
};

export type AlertRule = {
  readonly kind: "alert";
  /** As the spec calls it: "API error rate". */
  readonly name: string;
  /** In letters, digits and underscores: "ApiErrorRate". Unique in the environment. */
  readonly id: string;
  /** PromQL in the names of `measures/native/`, threshold included. */
  readonly expr: string;
  /** What the spec says, for a back end that writes it in names of its own; a rule that nobody wrote has none. */
  readonly when?: ConditionData;
  readonly forMs: number;
  readonly keepFiringMs: number;
  readonly everyMs: number;
  readonly severity: Severity;
  /** Names of channels of the spec. */
  readonly to: readonly string[];
  readonly owner?: string;
  /** The name of a runbook of the spec. */
  readonly runbook?: string;
  /** One sentence with what is measured and its threshold; may use `{{ $value }}` and `{{ $labels.x }}` as Prometheus does. */
  readonly summary: string;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it is about, as `services.api`. */
  readonly of?: string;
  /** Where in the environment it stands: ["alerts", "API error rate"]. */
  readonly path: readonly (string | number)[];
};

export type SloRule = {
  readonly name: string;
  readonly id: string;
  /** 0.999 */
  readonly target: number;
  readonly windowMs: number;
  /** The recordings of what was bad and of all there was, as rates a second over five minutes. */
  readonly bad: string;
  readonly total: string;
  readonly owner?: string;
};

/** How a back end can hold what was asked for. */
export type Exactness = { readonly is: "exact" } | { readonly is: "approximate" | "refused"; readonly reason: string };

/** A promise that cannot be measured in this environment. */
export type LeftOut = { readonly name: string; readonly path: readonly (string | number)[]; readonly reason: string };

export type Ruleset = {
  readonly product: string;
  readonly environment: string;
  readonly recordings: readonly Recording[];
  readonly alerts: readonly AlertRule[];
  readonly slos: readonly SloRule[];
  /** Looked at this often when an alert says nothing else. */
  readonly everyMs: number;
  readonly leftOut: readonly LeftOut[];
};
