import { type WireError, errorFrom, wireError } from "./json-over-socket.ts";

// How a process that is nobody's child tells why it did not start: as the last line of its log, for whoever started it.

const mark = "could not start: ";

export function giveUp(error: unknown): never {
  process.stderr.write(`${mark}${JSON.stringify(wireError(error).error)}\n`);
  process.exit(1);
}

/** Why it gave up, from the last lines of its log; undefined where it did not say. */
export function whyItGaveUp(lastLines: string): Error | undefined {
  const last = lastLines.split("\n").at(-1) ?? "";
  if (!last.startsWith(mark)) return undefined;
  return errorFrom({ error: JSON.parse(last.slice(mark.length)) as WireError["error"] });
}
