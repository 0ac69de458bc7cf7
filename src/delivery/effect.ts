import type { Share } from "./observed.ts";

// What a run wants of a target, as data. Each says how something should be, not what to change: said again, it changes nothing.

export type Task =
  | { readonly id: string; readonly task: "snapshot" | "migrate"; readonly resource: string }
  | {
      readonly id: string;
      readonly task: "smoke";
      readonly command: string;
      readonly timeoutMs: number;
      readonly against: "preview" | "live";
    };

export type Effect =
  /** It runs, with so many replicas where that is said, and nothing is routed to it by this. */
  | { readonly effect: "start"; readonly service: string; readonly revision: string; readonly replicas?: number }
  | {
      readonly effect: "route";
      readonly service: string;
      readonly shares: readonly Share[];
      readonly tags: Readonly<Record<string, string>>;
      /** Users stay on a side while its share grows; another salt for each release. */
      readonly salt?: string;
    }
  /** It drains and stops, and can be started again at once. */
  | { readonly effect: "rest"; readonly service: string; readonly revision: string }
  | { readonly effect: "remove"; readonly service: string; readonly revision: string }
  /** The task runs or has run. Its id is its name: the same is never run twice. */
  | { readonly effect: "task"; readonly task: Task }
  | { readonly effect: "cancel"; readonly task: string }
  /** What serves from now on, for the record that others read. */
  | { readonly effect: "serving"; readonly service: string; readonly revision: string }
  /** For the same record: this was taken back, and what was before serves again. Nobody goes back to it by himself. */
  | { readonly effect: "taken back"; readonly service: string; readonly revision: string; readonly to: string };
