// The page of the console, from console/ into a folder; with the licences of what is in it.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = path.join(root, "console");
const stamp = ".built-from";

/** What the page takes of other rooms beside their types, which leave nothing in it: files, and folders. */
export const inThePage = [
  "src/api/client.ts",
  "src/api/known-by.ts",
  "src/api/rights.ts",
  "src/lib/paths.ts",
  "src/delivery/compare",
  "src/delivery/words",
  "src/rehearse/words",
];
const others = ["package-lock.json", "scripts/build-console.mjs"];

function fingerprint() {
  const hash = createHash("sha256");
  const files = [folder, ...[...inThePage, ...others].map((name) => path.join(root, name))].flatMap(filesIn).toSorted();
  for (const file of files) hash.update(path.relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesIn(place) {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

export function isConsoleBuilt(into) {
  const file = path.join(into, stamp);
  return existsSync(file) && readFileSync(file, "utf8") === fingerprint();
}

/** Taken from `before` where that was built from the same. */
export async function buildConsole(into, { before, licencesOf }) {
  if (before !== undefined && isConsoleBuilt(before)) return cpSync(before, into, { recursive: true });
  // Whoever builds it, also for tests: React is much larger with what it tells its developers.
  process.env.NODE_ENV = "production";
  const { build } = await import("vite");
  const made = await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    base: "./",
    oxc: { jsx: { runtime: "automatic" } },
    build: { outDir: into, emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  });
  const inputs = [made].flat().flatMap(({ output }) => output.flatMap((one) => (one.type === "chunk" ? one.moduleIds : [])));
  writeFileSync(path.join(into, "LICENSES.txt"), licencesOf(inputs));
  writeFileSync(path.join(into, stamp), fingerprint());
}
