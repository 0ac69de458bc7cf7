import { Fault } from "../fault.ts";

/** A whole body, no longer than it may be. */
export async function readBody(source: AsyncIterable<Buffer>, mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new Fault("RequestEntityTooLarge", 413, `the body is over ${mostBytes} bytes`, { connection: "close" });
    parts.push(part);
  }
  return Buffer.concat(parts, bytes);
}

export function parseJson(body: Buffer, orElse: () => Fault): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8") || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw orElse();
}
