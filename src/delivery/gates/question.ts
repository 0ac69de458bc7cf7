import type { Gate } from "../gate.ts";

type Of<Name extends Gate["gate"]> = Extract<Gate, { readonly gate: Name }>;

/** What a driver has to look at now, beside the revisions and shares of the services that a release is about. */
export type Question =
  /** Its answer goes into `answers`, by the gate's id. */
  | {
      readonly ask: "gate";
      readonly id: string;
      readonly gate: Exclude<Gate, Of<"health"> | Of<"smoke"> | Of<"compare"> | Of<"approval">>;
      /** The new revisions, by service: a signal that knows revisions is asked about these alone. */
      readonly revisions: Readonly<Record<string, string>>;
    }
  /** One probe, now. Its answer goes into `answers`; one that was tried again has a later `atMs`. */
  | {
      readonly ask: "health";
      readonly id: string;
      readonly gate: Of<"health">;
      /** Absent where this release does not change the service: then whatever serves. */
      readonly revision?: string;
    }
  /** How a task stands, into `tasks`. */
  | { readonly ask: "task"; readonly id: string }
  /** What these revisions have answered, into `traffic`. */
  | { readonly ask: "traffic"; readonly service: string; readonly revisions: readonly string[] };

export type TrafficQuestion = Extract<Question, { readonly ask: "traffic" }>;
