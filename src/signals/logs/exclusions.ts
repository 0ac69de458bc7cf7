import { shareOf } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { refName } from "../../spec/derive.ts";
import { pathsOf } from "../../spec/routes.ts";

/** Requests of a service that are not written down: `/exact`, or `/prefix/*`. */
export type Exclusion = { readonly service: string; readonly path: string };

/** What the spec says is not to be kept. What fails is worth its line all the same, as in the cloud. */
export function exclusionsOf(environment: Environment): readonly Exclusion[] {
  return (environment.logs?.drop ?? []).flatMap((one) => {
    const name = refName(one, "services");
    const service = name === undefined ? undefined : environment.services[name];
    if (name === undefined || service === undefined) return [];
    return pathsOf(one, service).map((path) => ({ service: name, path }));
  });
}

/** The share of traces that are recorded; all of them where the spec says nothing. */
export function traceShareOf(environment: Environment): number {
  const sample = environment.traces?.sample;
  return sample === undefined ? 1 : shareOf(sample);
}

/** The share that leaving out saved; undefined while there was nothing. */
export function savedShare(services: readonly { readonly written: number; readonly leftOut: number }[]): number | undefined {
  const leftOut = services.reduce((sum, one) => sum + one.leftOut, 0);
  const all = services.reduce((sum, one) => sum + one.written, leftOut);
  return all === 0 ? undefined : leftOut / all;
}
