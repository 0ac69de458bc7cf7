import type { EnvironmentService } from "../spec/environment.ts";
import { plainPath } from "./layout.ts";

/** The service that migrations are part of: the one built of the folder that is nearest around them. */
export function ownerOf(
  folder: string,
  services: Readonly<Record<string, EnvironmentService>>,
): { readonly service: string; readonly context: string } | undefined {
  const inside = Object.entries(services).flatMap(([service, { build }]) => {
    const context = build === undefined ? undefined : plainPath(build.context);
    return context !== undefined && (context === "." || plainPath(folder).startsWith(`${context}/`))
      ? [{ service, context }]
      : [];
  });
  return inside.toSorted((a, b) => b.context.length - a.context.length)[0];
}
