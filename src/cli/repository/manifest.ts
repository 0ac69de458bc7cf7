import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { usable } from "../../system/usable.ts";
import { writeWhole } from "../../system/whole-file.ts";

// What Gantry wrote, and how it looked: whoever changed a file since is noticed. The manifest belongs into the repository.

export const manifestName = "gantry.files.json";

export type Manifest = { readonly product: string; readonly files: ReadonlyMap<string, readonly string[]> };

export function digestOf(text: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** The manifest of a folder; undefined where nothing was written yet. */
export function readManifest(folder: string): Manifest | undefined {
  const file = path.join(folder, manifestName);
  if (!existsSync(file)) return undefined;
  const text = usable(file, () => readFileSync(file, "utf8"));
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw broken(file, error);
  }
  const version = (data as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === "number" && version > 1)
    throw new UserError("newer-state", `${manifestName} was written by a newer Gantry`, { hint: "use that one, or a newer one" });
  const { product, files } = (data ?? {}) as { product?: unknown; files?: unknown };
  if (version !== 1 || typeof product !== "string" || typeof files !== "object" || files === null) throw broken(file);
  // While files are being written, both what a file was and what it becomes: an interruption makes nobody's edit of it.
  const digests = Object.entries(files).map(
    ([name, known]) => [name, (Array.isArray(known) ? known : [known]) as unknown[]] as const,
  );
  if (!digests.every(([, known]) => known.every((one) => typeof one === "string" && /^sha256:[0-9a-f]{64}$/.test(one))))
    throw broken(file);
  return { product, files: new Map(digests as [string, string[]][]) };
}

export function writeManifest(folder: string, { product, files }: Manifest): void {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const data = {
    schemaVersion: 1,
    about: "What `gantry synth` wrote here. Keep it in the repository: by it Gantry knows which files were changed by hand.",
    product,
    files: Object.fromEntries(sorted.map(([name, known]) => [name, known.length === 1 ? known[0] : known])),
  };
  writeWhole(path.join(folder, manifestName), `${JSON.stringify(data, undefined, 2)}\n`, 0o644);
}

function broken(file: string, cause?: unknown): UserError {
  return new UserError("broken-state", `${path.basename(file)} cannot be read`, {
    hint: "take it from the repository's history; or remove it, and gantry synth tells which files differ from what it would write",
    cause,
  });
}
