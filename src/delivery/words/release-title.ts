import { listed } from "../../lib/text.ts";
import type { Release } from "../release.ts";

/** "api v1.4.0 and web v1.4.0 to prod", or "api v1.3.0 again in prod" */
export function releaseTitle({ changes, environment, plan }: Pick<Release, "changes" | "environment" | "plan">): string {
  const what = listed(changes.map(({ service, version }) => `${service} ${version}`));
  return plan.strategy === "rollback" ? `${what} again in ${environment}` : `${what} to ${environment}`;
}

/** How bad it was: "12 of 240 requests to api failed", of each service that had any. */
export function exposureText({ exposure }: Pick<Release, "exposure">): string {
  const hit = Object.entries(exposure).filter(([, { requests }]) => requests > 0);
  if (hit.length === 0) return "no request was answered by it";
  return listed(hit.map(([service, { requests, errors }]) => `${errors} of ${requests} requests to ${service} failed`));
}

/** Who began it, and why. */
export function begunText({ startedBy, why }: Pick<Release, "startedBy" | "why">): string {
  return why === undefined ? `${startedBy.name} began it.` : `${startedBy.name} began it: ${why}`;
}
