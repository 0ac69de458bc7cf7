import type { Script } from "../plan/script.ts";
import type { Setting } from "../plan/setting.ts";
import type { Shapes } from "../world/drawn-traffic.ts";
import type { Past } from "./prior.ts";

/** All that runs of one rehearsal share. */
export type Stage = {
  readonly script: Script;
  readonly setting: Setting;
  readonly past: Past;
  /** Kept between runs: the same for all. */
  readonly shapes: Shapes;
};
