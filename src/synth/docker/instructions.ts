import { durationMs } from "../../lib/quantities.ts";
import type { EnvironmentService } from "../../spec/environment.ts";

// The words that Dockerfiles of all stacks share. Lists of words (`["node", "."]`) are never read by a shell or expanded.

/** A user that no image knows by name: a cluster sees from its number that it is not root. */
export const user = "USER 10001:10001";

export const ownLayer = "# A layer of their own: they are fetched again only when the list of them changes.";

export function aptInstall(...packages: readonly string[]): readonly string[] {
  return [
    "RUN apt-get update \\",
    `  && apt-get install -y --no-install-recommends ${packages.join(" ")} \\`,
    "  && rm -rf /var/lib/apt/lists/*",
  ];
}

/** The name of an image, and nothing that would go on after it on its line. */
export function imageWord(text: string): string {
  return text.replace(/[^A-Za-z0-9._/:@-]+/g, "-");
}

export function words(...given: readonly string[]): string {
  return `[${given.map((one) => JSON.stringify(one)).join(", ")}]`;
}

/** Where it listens, and how it is asked whether it lives. */
export function served(service: EnvironmentService, ask: (path: string) => string): readonly string[] {
  const { health } = service;
  const port = service.port ?? (health === undefined ? undefined : 8080);
  return [
    ...(port === undefined ? [] : [`ENV PORT=${port}`, `EXPOSE ${port}`]),
    ...(health === undefined ? ["HEALTHCHECK NONE"] : healthCheck(health, ask)),
  ];
}

function healthCheck(health: NonNullable<EnvironmentService["health"]>, ask: (path: string) => string): readonly string[] {
  const seconds = (text: string) => `${Math.max(1, Math.round(durationMs(text) / 1_000))}s`;
  const options = [
    `--interval=${seconds(health.every ?? "10s")}`,
    `--timeout=${seconds(health.timeout ?? "5s")}`,
    `--start-period=${seconds(health.start ?? "1m")}`,
    `--retries=${health.failures ?? 3}`,
  ];
  return [`HEALTHCHECK ${options.join(" ")} \\`, `  CMD ${ask(health.path)}`];
}

/** Stages with an empty line between them. */
export function dockerfile(stages: readonly (readonly string[])[]): string {
  const head = [
    "# syntax=docker/dockerfile:1",
    "# Tags say which version; the digests belong to the bot that keeps them up to date.",
  ];
  return `${[head, ...stages].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
