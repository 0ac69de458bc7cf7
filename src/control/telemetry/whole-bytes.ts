import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { crc32 } from "node:zlib";

/** Writes bytes and their checksum so that a reader, also one after a crash, finds all of them, those from before, or notices. */
export async function writeWholeBytes(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32(bytes));
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writev([check, bytes]);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  await rename(temporary, file);
}

/** The bytes, or why they cannot be used. */
export async function readWholeBytes(file: string, mostBytes: number): Promise<Uint8Array | { readonly problem: string }> {
  const { size } = await stat(file);
  if (size > mostBytes + 4) return { problem: `it has ${size} bytes, more than any that was written` };
  const all = await readFile(file);
  if (all.length < 4) return { problem: "it was cut off" };
  const bytes = all.subarray(4);
  return crc32(bytes) === all.readUInt32LE(0) ? bytes : { problem: "its checksum is wrong" };
}
