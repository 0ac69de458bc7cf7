import type { EnvironmentService } from "./environment.ts";

/** It takes requests. */
export function isListening(service: Pick<EnvironmentService, "kind">): boolean {
  return service.kind === "service" || service.kind === "frontend" || service.kind === "proxy";
}
