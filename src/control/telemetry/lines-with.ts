import type { FileHandle } from "node:fs/promises";

const usualChunkBytes = 4 << 20;
const newline = 0x0a;

/**
 * The whole lines of a file that contain some bytes, in their order; all of them where there is nothing to look for. What does not
 * contain them is never made text: that is what makes a search over hundreds of megabytes quick.
 */
export async function* linesWith(
  handle: FileHandle,
  needle: Buffer | undefined,
  chunkBytes = usualChunkBytes,
): AsyncGenerator<string> {
  let buffer = Buffer.allocUnsafe(chunkBytes);
  let begun = 0;
  for (let offset = 0; ;) {
    const { bytesRead } = await handle.read(buffer, begun, buffer.length - begun, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    const used = begun + bytesRead;
    const end = buffer.lastIndexOf(newline, used - 1) + 1;
    if (end > 0) yield* within(buffer.subarray(0, end), needle);
    // The begun line stays; one that is longer than all there is room for gets more.
    const rest = buffer.subarray(end, used);
    if (rest.length === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2);
    else rest.copy(buffer);
    begun = rest.length;
  }
}

function* within(lines: Buffer, needle: Buffer | undefined): Generator<string> {
  for (let at = 0; at < lines.length;) {
    const found = needle === undefined ? at : lines.indexOf(needle, at);
    if (found < 0) return;
    const start = found === 0 ? 0 : lines.lastIndexOf(newline, found - 1) + 1;
    const end = lines.indexOf(newline, found);
    yield lines.toString("utf8", start, end);
    at = end + 1;
  }
}
