import { beginRelease } from "../../../src/delivery/begin-release.ts";
import { compilePlan } from "../../../src/delivery/compile/compile-plan.ts";
import type { Plan } from "../../../src/delivery/plan.ts";
import type { Change, Release } from "../../../src/delivery/release.ts";
import type { Environment } from "../../../src/spec/environment.ts";

// Releases of a small product, from the very plans that its strategy compiles to.

const errors = {
  kind: "condition",
  is: "above",
  value: "2%",
  signal: { kind: "signal", measure: "errorRate", of: { ref: "services.api" }, over: "5m" },
} as const;

const health = { path: "/health", every: "10s" };

/** `api` needs nothing, `web` needs `api`, `jobs` takes no traffic. */
export function environmentOf(release: Record<string, unknown>, more: Record<string, unknown> = {}): Environment {
  return {
    release: { rollbackOn: ["any failure", errors], rollbackWindow: "1h", ...release },
    services: { api: { kind: "service", health }, web: { kind: "frontend", health }, jobs: { kind: "worker" } },
    freezes: {},
    ...more,
  } as unknown as Environment;
}

export function changeOf(service: string, more: Partial<Change> = {}): Change {
  return { ...firstOf(service), from: `${service}-1`, ...more };
}

/** Nothing was there before. */
export function firstOf(service: string): Change {
  return {
    service,
    to: `${service}-2`,
    version: "v2",
    artifact: `artifact of ${service}`,
    after: service === "web" ? ["api"] : [],
    serves: service !== "jobs",
    replicas: 2,
  };
}

export function planOf(release: Record<string, unknown>, changes: readonly Change[] = [changeOf("api")], speed = 1): Plan {
  return compilePlan(environmentOf(release), changes, { speed, latencyBoundsMs: [500] });
}

export function begun(plan: Plan, changes: readonly Change[] = [changeOf("api")], nowMs = 0): Release {
  return beginRelease({
    id: "rel-1",
    product: "shop",
    environment: "prod",
    startedBy: { kind: "person", name: "ada" },
    changes,
    plan,
    nowMs,
  });
}

export const healthOf = (service: string, more: Record<string, unknown> = {}) => ({
  gate: "health",
  of: { ref: `services.${service}` },
  ...more,
});
export const smoke = { gate: "smoke", command: "npm run smoke" };
export const migrate = { ref: "resources.db", step: "migrate" };
export const snapshot = { ref: "resources.db", step: "snapshot" };
export const migrated = { ref: "resources.db", step: "migrated" };
export const errorsAbove = errors;

export const canary = {
  strategy: "canary",
  steps: [
    { to: "5%", bake: "15m" },
    { to: "50%", bake: "15m" },
  ],
  after: [healthOf("api")],
};
