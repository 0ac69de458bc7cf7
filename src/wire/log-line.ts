/** A line that a process wrote, as it is kept: one JSON document a line. */
export type LogLine = {
  readonly time: string;
  readonly environment: string;
  readonly service: string;
  readonly revision: string;
  readonly replica: string;
  readonly stream: "out" | "err" | "gantry" | "gateway";
  readonly line: string;
  /** From the line itself, when it is JSON and has one. */
  readonly trace_id?: string;
};
