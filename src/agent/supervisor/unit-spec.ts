import type { Health } from "../../wire/machine.ts";

/** How it is found out that a process may get work, and that it still may. */
export type Readiness =
  | ({ readonly kind: "http" } & Health)
  | { readonly kind: "tcp"; readonly startMs: number }
  /** Ready as soon as it has run for so long. */
  | { readonly kind: "running"; readonly afterMs?: number };

export type UnitLabels = { readonly environment: string; readonly service: string; readonly revision: string };

/** Something to keep running, in any number of replicas, or a job to run once. */
export type UnitSpec = {
  /** One of a kind: "dev/api/api-1f2e3d4c". */
  readonly key: string;
  readonly labels: UnitLabels;
  /** The program and its arguments. No shell in between. */
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  /** All of it, in clear. The little that is added is listed in `process-environment.ts`. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that appear in no line that is kept. */
  readonly secrets: readonly string[];
  /** What it finds in PORT: one of its own at each start, always the same, or none. */
  readonly port: "free" | number | undefined;
  readonly readiness: Readiness;
  /** "never" is a job: it runs once, and that it ends is what is wanted of it. */
  readonly restart: "always" | "never";
  /** A job is ended after so long. */
  readonly limitMs?: number;
  /** Between the request to end and the end by force. */
  readonly drainMs: number;
};
