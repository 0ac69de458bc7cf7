import type { Tasks } from "../targets/local/release/tasks.ts";
import type { Engine } from "./engine/engine.ts";
import type { Platform } from "./platform.ts";
import type { Scheduler } from "./schedules/scheduler.ts";
import type { Watch } from "./watching/watch.ts";

/** What the server of a local platform has in hand. */
export type Control = {
  readonly platform: Platform;
  readonly scheduler: Scheduler;
  readonly watch: Watch;
  readonly engine: Engine;
  readonly tasks: Pick<Tasks, "endRun">;
  /** What was built, so that a command line of another build starts the server anew. */
  readonly build: string;
  /** One change at a time for each environment. */
  readonly oneAtATime: <T>(key: string, work: () => Promise<T>) => Promise<T>;
  readonly isBusy: (key: string) => boolean;
  /** Work that nobody waits for; when it fails that is written down. */
  readonly inBackground: (work: () => Promise<void>) => void;
  /** Ends this process once what was asked is answered. */
  readonly leave: () => void;
};
