import { listed } from "../../lib/text.ts";
import type { Release } from "../release.ts";

/** "api v1.4.0 and web v1.4.0 to prod" */
export function releaseTitle({ changes, environment }: Pick<Release, "changes" | "environment">): string {
  return `${listed(changes.map(({ service, version }) => `${service} ${version}`))} to ${environment}`;
}

/** How bad it was: "12 of 240 requests to api failed", of each service that had any. */
export function exposureText({ exposure }: Pick<Release, "exposure">): string {
  const hit = Object.entries(exposure).filter(([, { requests }]) => requests > 0);
  if (hit.length === 0) return "no request was answered by it";
  return listed(hit.map(([service, { requests, errors }]) => `${errors} of ${requests} requests to ${service} failed`));
}
