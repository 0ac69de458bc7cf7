import type { Collection } from "./node.ts";

/** What one member of a collection is called in a sentence. */
export const singular: Readonly<Record<Collection, string>> = {
  services: "service",
  resources: "resource",
  secrets: "secret",
  channels: "channel",
  roles: "role",
  approvals: "approval",
  slos: "slo",
  alerts: "alert",
  dashboards: "dashboard",
  uptime: "uptime check",
  flags: "flag",
  datasets: "dataset",
  tenants: "kind of tenant",
  resets: "reset",
  freezes: "freeze",
  policies: "policy",
  runbooks: "runbook",
  exercises: "exercise",
  checks: "check",
  environments: "environment",
};
