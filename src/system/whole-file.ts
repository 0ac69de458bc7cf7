import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { processRow } from "./process-table.ts";

// While a file is written it stands beside its place, under a name that says who writes it; the .gitignore of `gantry synth` knows it.

const temporary = /\.gantry-(\d+)\.tmp$/;

/** Writes a file so that a reader, also one after a crash, finds the old text or the new one and never a part. */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  const beside = `${file}.gantry-${process.pid}.tmp`;
  try {
    const handle = openSync(beside, "w", mode);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** What a file is called when it is written. */
export function finalName(file: string): string {
  return file.replace(temporary, "");
}

/** Removes from a folder what processes that were killed while they wrote have left; says whether there was any. */
export function clearTemporary(folder: string): boolean {
  let found = false;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const pid = temporary.exec(entry.name)?.[1];
    if (pid === undefined || !entry.isFile() || processRow(Number(pid))?.ended === false) continue;
    rmSync(path.join(folder, entry.name), { force: true });
    found = true;
  }
  return found;
}
