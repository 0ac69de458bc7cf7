import { count, listed } from "../../lib/text.ts";
import type { Exposure, Release } from "../release.ts";

/** "api v1.4.0 and web v1.4.0 to prod", or "api v1.3.0 again in prod" */
export function releaseTitle({ changes, environment, plan }: Pick<Release, "changes" | "environment" | "plan">): string {
  const what = listed(changes.map(({ service, version }) => `${service} ${version}`));
  return plan.strategy === "rollback" ? `${what} again in ${environment}` : `${what} to ${environment}`;
}

/** ", for 5 of 63 known users"; nothing where nobody is told apart. */
export function usersText({ users }: Pick<Exposure, "users">): string {
  if (users === undefined) return "";
  return `, for ${users.failed} of ${users.more === true ? "more than " : ""}${count(users.seen, "known user")}`;
}

/** How bad it was: "12 of 240 requests to api failed, for 5 of 63 known users", of each service that had any. */
export function exposureText({ exposure }: Pick<Release, "exposure">): string {
  const hit = Object.entries(exposure).filter(([, { requests }]) => requests > 0);
  if (hit.length === 0) return "no request was answered by it";
  return hit
    .map(([service, one]) => `${one.errors} of ${one.requests} requests to ${service} failed${usersText(one)}`)
    .join("; ");
}

/** Who began it, and why. */
export function begunText({ startedBy, why }: Pick<Release, "startedBy" | "why">): string {
  return why === undefined ? `${startedBy.name} began it.` : `${startedBy.name} began it: ${why}`;
}
