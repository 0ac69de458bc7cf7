// What is made to go wrong on purpose in an environment that runs: a game day. Plain data.

/** Counted from when it was asked for; of a fault of new revisions, from when the revision, or its replica, became ready. */
export type FaultSpan = { readonly fromMs: number; readonly forMs?: number };

export type InjectedFault = FaultSpan & {
  /** As it was written, and as it is told. */
  readonly text: string;
} & (
    | {
        readonly fault: "errors" | "latency" | "crash" | "crash-at-start";
        readonly service: string;
        /** Only in other revisions than these: those that a release brings. In all of them where nothing is said. */
        readonly except?: readonly string[];
        /** `errors`: so many of the requests are answered with 503. */
        readonly share?: number;
        /** `latency`: answers take so many times as long. */
        readonly times?: number;
      }
    /** One process is killed; of a resource its only one. */
    | { readonly fault: "kill"; readonly service?: string; readonly resource?: string }
    /** One process stands still (SIGSTOP). */
    | { readonly fault: "pause"; readonly service?: string; readonly resource?: string }
    /** A resource's process is killed again and again. */
    | { readonly fault: "down"; readonly resource: string }
    /** It stands still for so long, again and again, with a breath in between. */
    | { readonly fault: "slow"; readonly resource: string; readonly stillMs: number }
  );

/** What a fault has done so far. */
export type FaultView = {
  readonly text: string;
  readonly active: boolean;
  /** Requests that were failed or held up, or processes that were killed or stopped. */
  readonly hits: number;
};

/** What is injected in an environment, and until when if nobody asks again. */
export type FaultsView = { readonly faults: readonly FaultView[]; readonly leftMs: number };

export type GameDayView = FaultsView & {
  /** The revisions that served when it began, by service: where what is wrong is wrong in others. */
  readonly except?: Readonly<Record<string, readonly string[]>>;
  readonly speed: number;
};
