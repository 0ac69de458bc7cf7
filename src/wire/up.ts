import type { SentOrigins } from "./origins.ts";

// What the command line and the server of a local platform say to each other.

/** One document of what `up` tells while it works. */
export type Progress =
  | { readonly kind: "begun"; readonly environment: string; readonly subject: string; readonly doing: string }
  | { readonly kind: "step"; readonly environment: string; readonly subject: string; readonly did: string; readonly ms: number }
  | { readonly kind: "note"; readonly environment: string; readonly text: string }
  | { readonly kind: "up"; readonly summary: EnvironmentSummary }
  | { readonly kind: "down"; readonly environment: string };

export type EnvironmentSummary = {
  readonly environment: string;
  /** Nothing had to be done. */
  readonly unchanged: boolean;
  readonly ms: number;
  readonly speed: number;
  /** Set where what is measured allows of less: the shortest window has to hold some samples. */
  readonly signals?: {
    readonly asked: number;
    readonly effective: number;
    readonly because: {
      readonly rule: string;
      readonly metric: string;
      readonly windowMs: number;
      readonly everyMs: number;
      readonly samples: number;
    };
  };
  /** Where a browser goes. */
  readonly url?: string;
  readonly services: readonly ServiceSummary[];
  readonly resources: readonly { readonly name: string; readonly by: string }[];
  readonly expiresAt?: string;
  /** Set while services still start that requests wait for. */
  readonly starting?: true;
};

export type ServiceSummary = {
  readonly service: string;
  readonly kind: string;
  readonly revision: string;
  readonly changed: boolean;
  readonly url?: string;
  readonly port?: number;
  /** When a job runs next. */
  readonly next?: string;
};

export type UpRequest = {
  readonly root: string;
  readonly speed: number;
  /** Resolved environments: plain data, as `gantry show <env> --json` prints it. */
  readonly environments: readonly unknown[];
  /** Of each of them, by its name: where its values were written. */
  readonly origins?: Readonly<Record<string, SentOrigins>>;
};

export type PreviewRequest = {
  readonly name: string;
  readonly environment: unknown;
  readonly origins?: SentOrigins;
  /** The folder whose code is previewed, when it is not the platform's own. */
  readonly root: string;
  readonly ttlMs?: number;
  /** With the data as they are now, though it takes longer than a copy of the last template. */
  readonly fresh?: boolean;
  /** Until every service is ready. Without it the preview is there as soon as its hosts are: requests wait for what still starts. */
  readonly wait?: boolean;
};

export type PreviewView = {
  readonly name: string;
  readonly of: string;
  readonly url?: string;
  readonly state: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
};

export type PlatformStatus = {
  readonly product: string;
  readonly root: string;
  readonly gatewayPort?: number;
  readonly agent: { readonly running: boolean; readonly pid?: number; readonly since?: string };
  readonly environments: readonly EnvironmentStatus[];
};

export type EnvironmentStatus = {
  readonly environment: string;
  readonly previewOf?: string;
  readonly state: string;
  readonly speed: number;
  readonly url?: string;
  readonly expiresAt?: string;
  readonly services: readonly ServiceStatus[];
  readonly resources: readonly { readonly name: string; readonly state: string; readonly pid?: number; readonly port?: number }[];
  /** What could not be measured or was lost, and how many rules nothing here can tell; left out where there is nothing to say. */
  readonly unwatched?: { readonly problems: readonly string[]; readonly rules: number };
};

export type ServiceStatus = {
  readonly service: string;
  readonly kind: string;
  /** `ready`, `idle`, `starting`, `unready`, `failed`, `scheduled`. */
  readonly state: string;
  readonly reason?: string;
  readonly url?: string;
  readonly port?: number;
  readonly revisions: readonly {
    readonly revision: string;
    readonly weight: number;
    readonly state: string;
    readonly ready: number;
    readonly replicas: number;
    readonly most: number;
    readonly inFlight: number;
    readonly restarts: number;
    readonly coldStartMs?: number;
  }[];
  readonly requests?: number;
  readonly errors?: number;
  readonly next?: string;
};

/** A copy of a database that a release has kept. */
export type SnapshotView = {
  readonly environment: string;
  readonly resource: string;
  /** The release that kept it, or what was there before somebody went back. */
  readonly snapshot: string;
  readonly bytes: number;
  readonly takenAt: string;
};

/** Something that happens at set times, in UTC. */
export type ScheduleView = {
  readonly environment: string;
  readonly name: string;
  /** `job`, `off-hours`. */
  readonly kind: string;
  readonly cron: string;
  /** What becomes of times at which nobody was there. */
  readonly missed: "skip" | "catch up";
  readonly next: string;
  readonly last?: {
    readonly due: string;
    readonly state: "waiting" | "done" | "failed" | "skipped";
    readonly because: string;
  };
};
