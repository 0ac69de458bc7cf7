import type { Severity } from "../../signals/rules/ruleset.ts";

type Pace = { readonly wait: string; readonly more: string; readonly again: string };

/** The worse it is, the sooner somebody is told, and the sooner told again. */
export const paces: Readonly<Record<Severity, Pace>> = {
  critical: { wait: "0s", more: "1m", again: "1h" },
  high: { wait: "30s", more: "5m", again: "4h" },
  warning: { wait: "1m", more: "10m", again: "12h" },
  medium: { wait: "5m", more: "30m", again: "1d" },
  info: { wait: "10m", more: "1h", again: "1w" },
};

/** From the worst to the mildest. */
export const severities = Object.keys(paces) as readonly Severity[];

/** What is told together. */
export const together = ["alertname", "product", "environment", "of"] as const;
