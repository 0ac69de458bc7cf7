import { shareOf } from "../../lib/quantities.ts";
import type { Watch } from "./watch.ts";

/** What Sentry's clients read from their environment. Where they send to is a secret, and the version is the release's to say. */
export function sentryFile({ environment }: Watch): string {
  const sample = environment.traces === undefined ? 0 : shareOf(environment.traces.sample);
  return [
    "# SENTRY_DSN comes from the secret sentry-dsn; SENTRY_RELEASE is the version that a release rolls out.",
    `SENTRY_ENVIRONMENT=${environment.environment}`,
    "SENTRY_SAMPLE_RATE=1.0",
    `SENTRY_TRACES_SAMPLE_RATE=${sample}`,
    `SENTRY_DEBUG=${environment.logLevel === "debug" ? "true" : "false"}`,
    "",
  ].join("\n");
}
