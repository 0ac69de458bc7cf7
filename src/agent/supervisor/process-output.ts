import type { LineOrigin } from "./log-document.ts";
import { createLineMasker } from "./masked-lines.ts";
import type { ServiceLogs } from "./service-logs.ts";

const tailLines = 20;
const tailCharacters = 2_000;

/** What one process writes: masked, on its way to the log, and the end of it at hand for when somebody asks why. */
export type ProcessOutput = {
  take(stream: "out" | "err", chunk: Buffer | undefined): Promise<void> | undefined;
  tail(): readonly string[];
};

export function createProcessOutput(origin: LineOrigin, secrets: readonly string[], logs: ServiceLogs): ProcessOutput {
  const maskers = { out: createLineMasker(secrets), err: createLineMasker(secrets) };
  const tail: string[] = [];
  return {
    take(stream, chunk) {
      const masker = maskers[stream];
      const lines = chunk ? masker.push(chunk) : masker.end();
      for (const line of lines.slice(-tailLines)) {
        if (line.trim() === "") continue;
        tail.push(line.length > tailCharacters ? `${line.slice(0, tailCharacters)} …` : line);
        if (tail.length > tailLines) tail.shift();
      }
      return logs.write(origin, stream, lines) ? undefined : logs.whenRoom(origin);
    },
    tail: () => [...tail],
  };
}
