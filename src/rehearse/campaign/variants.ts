import { durationMs, inOneUnit } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";

/** The same environment with another policy, and what is other about it. */
export type Variant = { readonly says: string; readonly environment: Environment };

/** Each bake this part as long; none where nothing bakes. */
export function withShorterBakes(environment: Environment, part: number): Variant | undefined {
  const { release } = environment;
  if (release?.strategy !== "canary") return undefined;
  const shorter = (bake: string) =>
    inOneUnit(Math.max(60_000, Math.round((durationMs(bake) * part) / 60_000) * 60_000), ["h", "m"]);
  const steps = release.steps.map((step) => ({ ...step, bake: shorter(step.bake) }));
  if (steps.every(({ bake }, at) => durationMs(bake) === durationMs(release.steps[at]?.bake ?? "1m"))) return undefined;
  const says = steps.map(({ to, bake }, at) => `${bake} instead of ${release.steps[at]?.bake ?? "?"} at ${to}`).join(", ");
  return { says: `bake ${says}`, environment: changed(environment, { ...release, steps }) };
}

/** Conditions that take it back say something only from so many times as many requests on. */
export function withHigherFloors(environment: Environment, times: number): Variant | undefined {
  const { release } = environment;
  const conditions = release?.rollbackOn;
  if (release === undefined || conditions === undefined) return undefined;
  const floors: string[] = [];
  const rollbackOn = conditions.map((one) => {
    if (one === "any failure" || one.signal.measure !== "errorRate") return one;
    const least = Math.round((one.minimumRequests ?? 20) * times);
    floors.push(`withAtLeast(${least})`);
    return { ...one, minimumRequests: least };
  });
  if (floors.length === 0) return undefined;
  return {
    says: `${[...new Set(floors)].join(", ")} on what takes it back`,
    environment: changed(environment, { ...release, rollbackOn }),
  };
}

function changed(environment: Environment, release: NonNullable<Environment["release"]>): Environment {
  return { ...environment, release };
}
