import { logFile } from "../../system/log-folder.ts";
import type { LogLine } from "../../wire/log-line.ts";
import type { LoggedLines } from "../../wire/traffic.ts";
import { type LineOrigin, logDocuments } from "./log-document.ts";
import { requestOfLine } from "./request-line.ts";
import { createRotatingFile, type RotatingFile, type RotatingFileOptions } from "./rotating-file.ts";

/** The logs of all services: one file for each, whichever replicas and revisions write into it. */
export type ServiceLogs = {
  /** False: the disk is behind, wait for room before more is read. */
  write(origin: LineOrigin, stream: LogLine["stream"], lines: readonly string[]): boolean;
  whenRoom(origin: LineOrigin): Promise<void>;
  /** How many lines each service printed, and how many of them were left out. */
  counts(): readonly LoggedLines[];
  flushed(): Promise<void>;
  close(): Promise<void>;
};

export type ServiceLogsOptions = Omit<RotatingFileOptions, "lost"> & {
  /** Which of a service's requests are not worth a line where they succeed, by their paths; undefined where all are. */
  readonly unlogged?: (environment: string, service: string) => ((path: string) => boolean) | undefined;
};

export function createServiceLogs(folder: string, { unlogged, ...options }: ServiceLogsOptions = {}): ServiceLogs {
  const files = new Map<string, RotatingFile>();
  const counted = new Map<string, { environment: string; service: string; written: number; leftOut: number }>();

  const kept = (origin: LineOrigin, lines: readonly string[]): readonly string[] => {
    const { environment, service } = origin;
    const excludes = unlogged?.(environment, service);
    const worth = excludes === undefined ? lines : lines.filter((line) => !isLeftOut(line, excludes));
    const key = `${environment}/${service}`;
    const count = counted.get(key) ?? { environment, service, written: 0, leftOut: 0 };
    count.written += worth.length;
    count.leftOut += lines.length - worth.length;
    counted.set(key, count);
    return worth;
  };

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
      if (lines.length === 0) return true;
      // What Gantry says of a service is no line of the service's.
      const worth = stream === "out" || stream === "err" ? kept(origin, lines) : lines;
      const time = new Date().toISOString();
      return worth.length === 0 || fileOf(origin).append(logDocuments(origin, stream, worth, time));
    },
    counts: () => Array.from(counted.values(), (one) => ({ ...one })),
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

function isLeftOut(line: string, excludes: (path: string) => boolean): boolean {
  const request = requestOfLine(line);
  return request !== undefined && request.status >= 100 && request.status < 400 && excludes(request.path);
}
