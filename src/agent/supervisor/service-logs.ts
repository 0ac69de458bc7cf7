import { logFile } from "../../system/log-folder.ts";
import type { LogLine } from "../../wire/log-line.ts";
import { type LineOrigin, logDocuments } from "./log-document.ts";
import { createRotatingFile, type RotatingFile, type RotatingFileOptions } from "./rotating-file.ts";

/** The logs of all services: one file for each, whichever replicas and revisions write into it. */
export type ServiceLogs = {
  /** False: the disk is behind, wait for room before more is read. */
  write(origin: LineOrigin, stream: LogLine["stream"], lines: readonly string[]): boolean;
  whenRoom(origin: LineOrigin): Promise<void>;
  flushed(): Promise<void>;
  close(): Promise<void>;
};

export function createServiceLogs(folder: string, options: Omit<RotatingFileOptions, "lost"> = {}): ServiceLogs {
  const files = new Map<string, RotatingFile>();

  const fileOf = (origin: LineOrigin): RotatingFile => {
    const file = logFile(folder, origin.environment, origin.service);
    let known = files.get(file);
    if (!known) {
      const { environment, service } = origin;
      const lost = (lines: number, why: string): string =>
        logDocuments(
          { environment, service, revision: "", replica: "" },
          "gantry",
          [`${lines} lines are missing here: ${why}`],
          new Date().toISOString(),
        );
      known = createRotatingFile(file, { ...options, lost });
      files.set(file, known);
    }
    return known;
  };

  return {
    write(origin, stream, lines) {
      const time = new Date().toISOString();
      return lines.length === 0 || fileOf(origin).append(logDocuments(origin, stream, lines, time));
    },
    whenRoom: (origin) => fileOf(origin).whenRoom(),
    async flushed() {
      await Promise.all([...files.values()].map((file) => file.flushed()));
    },
    async close() {
      await Promise.all([...files.values()].map((file) => file.close()));
      files.clear();
    },
  };
}
