import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// The bundle lies in dist/run.
export const libraryFolder = fileURLToPath(new URL("../../terraform", import.meta.url));

/** The Terraform modules that come with Gantry, of the clouds that a product is in: `gcp/network/main.tf` → its text. */
export function moduleLibrary(clouds: ReadonlySet<string>): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const cloud of [...clouds, "kubernetes"].toSorted()) {
    const from = path.join(libraryFolder, cloud);
    if (!existsSync(from)) continue;
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      files.set(path.relative(libraryFolder, file).split(path.sep).join("/"), readFileSync(file, "utf8"));
    }
  }
  return new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
