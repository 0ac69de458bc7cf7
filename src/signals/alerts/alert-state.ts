import type { Labels } from "../series.ts";
import type { Severity } from "../rules/ruleset.ts";

export type AlertPhase = "pending" | "firing" | "resolved";

/** One alert: a rule and the labels of one series that it found. Times are milliseconds since 1970. */
export type AlertInstance = {
  readonly fingerprint: string;
  /** The rule's id. */
  readonly rule: string;
  /** The series' labels, the rule's own, `alertname` and `severity`. */
  readonly labels: Labels;
  readonly severity: Severity;
  readonly phase: AlertPhase;
  /** As of the last time that the condition held. */
  readonly value: number;
  readonly summary: string;
  /** Since when the condition holds. */
  readonly activeMs: number;
  readonly firedMs?: number;
  /** Which firing this is, of all there ever were: what was told of one is not told of the next. */
  readonly episode?: number;
  readonly resolvedMs?: number;
  /** Since when it only keeps firing: the condition is gone. */
  readonly keptSinceMs?: number;
};

/** What is known of a rule's last evaluation. */
export type RuleHealth = {
  /** When it was last looked at, with or without success. */
  readonly lookedMs: number;
  /** Since when it cannot be evaluated, and why: its alerts stay as they are meanwhile. */
  readonly failing?: { readonly sinceMs: number; readonly message: string };
};

/** Plain data, kept as it is: whoever starts again goes on from here. */
export type AlertState = {
  readonly schemaVersion: 1;
  /** The latest moment that has been looked at. */
  readonly atMs: number;
  /** How many firings there have been. */
  readonly episodes: number;
  /** By fingerprint. */
  readonly alerts: Readonly<Record<string, AlertInstance>>;
  /** By id. */
  readonly rules: Readonly<Record<string, RuleHealth>>;
};

export const noAlerts: AlertState = { schemaVersion: 1, atMs: 0, episodes: 0, alerts: {}, rules: {} };

export type Transition =
  | {
      readonly kind: "pending" | "firing" | "resolved" | "dropped";
      readonly atMs: number;
      readonly alert: AlertInstance;
      readonly because?: string;
    }
  | { readonly kind: "failing" | "recovered"; readonly atMs: number; readonly rule: string; readonly message: string }
  /** The clock went back: what has been waited is kept, as spans. */
  | { readonly kind: "clock"; readonly atMs: number; readonly backMs: number };
