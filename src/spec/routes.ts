import type { Environment, EnvironmentService } from "./environment.ts";

type Dropped = NonNullable<NonNullable<Environment["logs"]>["drop"]>[number];
type Checked = Environment["uptime"][string]["of"];

const health = "(health)";

/** Whether some routes of a service are those that ask for its health: also when none are named. */
export function areHealth({ routes = health }: { readonly routes?: string | undefined }): boolean {
  return routes === health;
}

/** The paths of some routes: as they are written (`/exact`, `/prefix/*`), or those at which the service is asked for its health. */
export function pathsOf(of: Dropped, service: EnvironmentService): readonly string[] {
  return areHealth(of) ? [service.health?.path, service.health?.ready].filter((path) => path !== undefined) : [of.routes];
}

/** The one path that a check from outside asks for. */
export function checkedPath(of: Checked, service: EnvironmentService): string {
  if ("path" in of && of.path !== undefined) return of.path;
  const { routes } = of as { readonly routes?: string };
  return (areHealth({ routes }) ? service.health?.path : routes?.replace(/\*.*$/, "")) ?? "/";
}
