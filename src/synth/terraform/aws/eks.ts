import { network } from "./network.ts";
import type { Part, Place } from "./place.ts";

export function eksParts(place: Place): readonly Part[] {
  return [network(place)];
}
