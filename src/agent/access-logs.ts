import path from "node:path";
import { requestLog } from "../system/log-folder.ts";
import type { AccessLine } from "../wire/traffic.ts";
import { type AccessLog, createAccessLog } from "./gateway/access-log.ts";

/** A log of the gateway's for each environment, beside those of its services. */
export function createAccessLogs(folder: string) {
  const logs = new Map<string, AccessLog>();
  return {
    write(line: AccessLine): void {
      // What reached no environment is nobody's, and hostile for the most part: it is counted and not kept.
      if (line.environment === "") return;
      let log = logs.get(line.environment);
      if (!log)
        logs.set(line.environment, (log = createAccessLog({ file: path.join(folder, line.environment, `${requestLog}.log`) })));
      log.write(line);
    },
    async forget(environment: string): Promise<void> {
      const log = logs.get(environment);
      logs.delete(environment);
      await log?.close();
    },
    async close(): Promise<void> {
      await Promise.all([...logs.values()].map((log) => log.close()));
      logs.clear();
    },
  };
}
