// What control and agent say to each other, over HTTP on a Unix socket. Everything is plain data.
//
// 1. Each change names an environment and bears (epoch, sequence). The agent refuses a lower epoch than it has seen of the environment, and
//    within one epoch a lower sequence than it has seen of the same thing: changes of different things may overtake each other.
// 2. Each change is idempotent: said twice it is done once.
// 3. What a revision is never changes. Another configuration is another revision.

export type Fence = { readonly epoch: number; readonly sequence: number };

/** One immutable build of one service with its configuration, as a machine starts it. */
export type RevisionSpec = {
  readonly revision: string;
  /** What to start: the program and its arguments. No shell in between. */
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The part of the environment that is secret, sealed with the machine's key (`system/sealed.ts`). */
  readonly sealedEnv?: string;
  /** Is spoken to through the gateway. Every process finds a port of its own in PORT, a worker for its health. */
  readonly listens: boolean;
  readonly health?: Health;
  readonly scale: RevisionScale;
  readonly drainMs: number;
};

export type Health = {
  /** It lives. */
  readonly path: string;
  /** It may get traffic; `path` when nothing else is said. */
  readonly readyPath?: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** So many in a row and it counts as dead. */
  readonly failures: number;
  /** So many in a row before it gets traffic. */
  readonly successes: number;
  /** How long a start may take. */
  readonly startMs: number;
};

export type RevisionScale = {
  readonly min: number;
  readonly max: number;
  /** Down to nothing after so long without a request. */
  readonly idleMs?: number;
  /** One more replica when those there have more than so many requests in flight each. */
  readonly inFlight?: number;
  /** One more replica when those there use more than this share of a core each. */
  readonly cpu?: number;
};

/** Something that a machine keeps running and nothing is routed to: a redis, a server for buckets. */
export type ResourceProcessSpec = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly sealedEnv?: string;
  readonly port: number;
  readonly drainMs: number;
  /** Differs when anything it is told differs, also what is in files and what is sealed; says nothing of what that is. */
  readonly configuration?: string;
};

/** A job that runs once and ends. */
export type JobSpec = {
  readonly run: string;
  readonly service: string;
  readonly revision: string;
  readonly limitMs?: number;
};

export type Share = { readonly revision: string; readonly weight: number };

/** Which revisions of a service get its traffic. */
export type Split = {
  /** Weights sum to 100. */
  readonly shares: readonly Share[];
  /** `pr-42---api.dev.localhost`, or the header `x-gantry-revision`, chooses one of these by its tag. */
  readonly tags: Readonly<Record<string, string>>;
  /** Users stay on a side while its share grows. */
  readonly sticky?: Sticky;
};

export type Sticky = {
  /** Other users come first each time: a new salt for each release. */
  readonly salt: string;
  /** What tells users apart: a header, else a cookie of the gateway's own. */
  readonly header?: string;
};

export type Route = {
  /** Lower case, without a port. */
  readonly host: string;
  /** `/`, `/exact`, or `/prefix/*`; the longest that fits wins. */
  readonly path: string;
  readonly service: string;
};

/** Where an environment's services answer. */
export type EnvironmentRoutes = {
  readonly routes: readonly Route[];
  /** A loopback port for each service. */
  readonly ports: Readonly<Record<string, number>>;
  /** So many replicas of all services together, and never one more. */
  readonly mostReplicas?: number;
  /** Requests that are counted, and not written down where they succeed: `/exact`, or `/prefix/*`. */
  readonly unlogged?: readonly { readonly service: string; readonly path: string }[];
  /** The share of the traces begun here that is to be recorded; all of them where nothing is said. */
  readonly traceShare?: number;
};

export type ReplicaState = "starting" | "ready" | "unready" | "draining" | "stopping" | "backing-off" | "failed" | "stopped";

export type ReplicaView = {
  readonly id: string;
  readonly state: ReplicaState;
  readonly pid?: number;
  readonly port?: number;
  readonly since: string;
  readonly restarts: number;
  readonly inFlight: number;
  /** Why it died the last time, with its last lines. */
  readonly lastExit?: ExitView;
};

export type ExitView = { readonly at: string; readonly reason: string; readonly tail: readonly string[] };

/** `idle`: nothing runs, and the first request starts it. */
export type RevisionState = "starting" | "ready" | "idle" | "failed";

export type RevisionView = {
  readonly revision: string;
  readonly state: RevisionState;
  /** Why it failed, in one sentence. */
  readonly reason?: string;
  /** Kept for going back to: nobody is to count on it. */
  readonly resting?: true;
  readonly replicas: readonly ReplicaView[];
  readonly wanted: number;
  readonly scale: RevisionScale;
  readonly coldStartMs?: number;
};

export type ServiceView = {
  readonly service: string;
  readonly split: Split;
  readonly port?: number;
  readonly paused: boolean;
  readonly parked: number;
  readonly revisions: readonly RevisionView[];
};

export type JobView = {
  readonly run: string;
  readonly service: string;
  readonly revision: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly ok?: boolean;
  readonly reason?: string;
  readonly tail?: readonly string[];
};

export type EnvironmentView = {
  readonly environment: string;
  readonly fence: Fence;
  readonly services: readonly ServiceView[];
  readonly resources: readonly (ReplicaView & { readonly name: string })[];
  readonly jobs: readonly JobView[];
};

export type MachineView = {
  readonly schemaVersion: 1;
  readonly pid: number;
  readonly startedAt: string;
  /** The port at which the gateway answers to host names. */
  readonly gatewayPort: number;
  readonly environments: readonly EnvironmentView[];
};

/** As the agent answers: an environment that is as whoever asks knows it is its name and digest alone. */
export type MachineState = Omit<MachineView, "environments"> & {
  readonly environments: readonly ((EnvironmentView | { readonly environment: string }) & { readonly digest?: string })[];
};
