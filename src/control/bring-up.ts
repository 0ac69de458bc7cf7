import type { Environment, EnvironmentService } from "../spec/environment.ts";
import type { Progress } from "../wire/up.ts";

/** What is to be brought up, and who wants to hear of it. */
export type BringUp = {
  readonly environment: Environment;
  /** `dev`, or `dev.pr-42`. */
  readonly key: string;
  /** Where the code is that is built. */
  readonly root: string;
  readonly speed: number;
  readonly expiresAt?: Date;
  /** A preview's data as they are now. */
  readonly fresh?: boolean;
  /** Set where nobody waits for what serves nobody yet: requests to it wait until it is ready. */
  readonly early?: boolean;
  readonly tell: (progress: Progress) => void;
  readonly signal?: AbortSignal;
};

/** Tells that something was done, and how long it took since then. */
export type Step = (subject: string, did: string, since: number) => void;

export type Named = readonly (readonly [string, EnvironmentService])[];
