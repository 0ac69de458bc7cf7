import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A module of the tests, which is TypeScript, as one that Node can load. */
export async function bundled(file) {
  const { build } = await import("esbuild");
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  try {
    const outfile = path.join(folder, "bundle.mjs");
    await build({
      entryPoints: [path.join(root, file)],
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
