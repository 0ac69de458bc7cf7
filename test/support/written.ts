import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { File } from "../../src/synth/file.ts";

export type Written = { readonly folder: string; readonly at: (file: string) => string; readonly remove: () => void };

/** Files on disk, in a folder of their own. */
export function written(files: Iterable<File>): Written {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-synth-"));
  const at = (file: string) => path.join(folder, file);
  for (const { path: file, text, executable } of files) {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text, { mode: executable === true ? 0o755 : 0o644 });
  }
  return { folder, at, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
