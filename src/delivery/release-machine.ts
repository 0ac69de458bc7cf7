import { advanceRelease } from "./advance/advance-release.ts";
import { withMissed } from "./advance/missed.ts";
import type { Effect } from "./effect.ts";
import type { Machine } from "./machine.ts";
import type { Observed } from "./observed.ts";
import type { Release } from "./release.ts";
import { releaseVersion, upcastRelease } from "./upcast-release.ts";

export const releaseMachine: Machine<Release, Observed, Effect> = {
  kind: "release",
  schemaVersion: releaseVersion,
  upcast: upcastRelease,
  advance: advanceRelease,
  missed: withMissed,
};
