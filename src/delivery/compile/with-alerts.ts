import type { Plan } from "../plan.ts";
import type { Change } from "../release.ts";

/** An alert about what is released that begins to fire is a failure as any other. */
export function withAlerts(plan: Plan, changes: readonly Change[]): Plan {
  if (plan.strategy === "rollback" || changes.length === 0) return plan;
  const services = changes.map(({ service }) => service);
  return {
    ...plan,
    watches: [
      ...plan.watches,
      { gate: "alerts", id: "watch: alerts", says: `an alert about ${services.join(" or ")} that begins to fire`, services },
    ],
  };
}
