import type { Image } from "./image.ts";

type Service = Image["services"][number];

/** One service ends in the runtime stage; several each have a target that starts from it, the first one last: it is built when none is named. */
export function finalStages(
  runtime: readonly string[],
  services: readonly Service[],
  own: (one: Service) => readonly string[],
): readonly (readonly string[])[] {
  const [first, ...others] = services;
  if (first === undefined) return [runtime];
  if (others.length === 0) return [[...runtime, ...own(first)]];
  const stage = (one: Service) => [`FROM runtime AS ${one.name}`, ...own(one)];
  return [runtime, ...others.toReversed().map(stage), ["# Built where no target is named.", ...stage(first)]];
}
