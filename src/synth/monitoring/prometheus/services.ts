import { composedServices } from "../../compose/services.ts";
import type { Watch } from "../watch.ts";

export type Target = { readonly service: string; readonly target: string; readonly path: string };

/** The services of a compose file that say where their metrics are. */
export function serviceTargets({ environment }: Watch): readonly Target[] {
  return composedServices(environment).flatMap((name) => {
    const service = environment.services[name];
    if (service?.metrics === undefined) return [];
    return [{ service: name, target: `${name}:${service.port ?? 8080}`, path: service.metrics }];
  });
}
