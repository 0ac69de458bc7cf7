import type { Answer } from "../gate.ts";
import type { Turn } from "./turn.ts";

/** Takes in what both revisions have answered since the last window, and says what that means, a service at a time. */
export function compare(_turn: Turn): readonly Answer[] {
  return [];
}
