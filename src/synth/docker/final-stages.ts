import { type Image, stageOf } from "./image.ts";

type Service = Image["services"][number];

/**
 * A stage for each service, under its name: of one service all of it, of several what each adds to what they share. The first one comes
 * last, as that is built when none is named.
 */
export function finalStages(
  base: string,
  shared: readonly string[],
  services: readonly Service[],
  own: (one: Service) => readonly string[],
): readonly (readonly string[])[] {
  const [first, ...others] = services;
  if (first === undefined) return [];
  if (others.length === 0) return [[`FROM ${base} AS ${stageOf(first.name)}`, ...shared, ...own(first)]];
  const stage = (one: Service) => [`FROM runtime AS ${stageOf(one.name)}`, ...own(one)];
  return [
    [`FROM ${base} AS runtime`, ...shared],
    ...others.toReversed().map(stage),
    ["# Built where no target is named.", ...stage(first)],
  ];
}
