import { existsSync, lstatSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Unwatched } from "../../synth/monitoring/unwatched.ts";
import { makeFolder } from "../../system/make-folder.ts";
import { writeWhole } from "../../system/whole-file.ts";
import type { Change } from "./compare.ts";
import { libraryFolder } from "./library.ts";
import { digestOf, manifestName, readManifest } from "./manifest.ts";
import { partOf } from "./part.ts";

// What the last `gantry synth` was made of: when nothing of it has changed, neither have the files, and the spec need not even be run.
// It lies in `.gantry`, which no repository has: in a pipeline everything is always worked out anew.

type Remembered = {
  readonly schemaVersion: 2;
  /** Of this Gantry, its modules, and what was asked. */
  readonly made: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly manifest: string;
  readonly executable: readonly string[];
  readonly unwatched: Told["unwatched"];
};

/** What there is to say of the files. */
export type Told = {
  readonly folder: string;
  readonly product: string;
  readonly changes: readonly Change[];
  /** Whether a manifest says who wrote them. */
  readonly known: boolean;
  /** Those that were not come to before somebody broke off. */
  readonly left: readonly Change[];
  /** Alerts that nothing watches, and the page that says so. */
  readonly unwatched: { readonly page: string; readonly alerts: readonly Unwatched[] };
};

/** The files of a spec, as they were when it was read. */
export class Inputs {
  readonly #digests = new Map<string, string>();
  #repeatable = true;

  add(file: string, bytes: Uint8Array): void {
    this.#digests.set(path.resolve(file), digestOf(bytes));
    this.#repeatable &&= isRepeatable(file, Buffer.from(bytes).toString("utf8"));
  }

  /** Undefined where the same files may say something else another time: they look at the clock, the environment, other files. */
  get digests(): Readonly<Record<string, string>> | undefined {
    return this.#repeatable ? Object.fromEntries(this.#digests) : undefined;
  }
}

/** Rather too careful: a word in a comment is enough to read the spec again each time. */
function isRepeatable(file: string, text: string): boolean {
  if (/\.(?:json|ya?ml)$/.test(file)) return true;
  if (file.includes(`${path.sep}node_modules${path.sep}`)) return false;
  const looksAround =
    /\b(?:process|globalThis|global|require|Date|performance|fetch|eval|Function|crypto|Intl|navigator)\b|\bimport\s*\(|import\.meta|Math\s*\.\s*random/;
  const imported = [...text.matchAll(/^\s*(?:import\b[^"';]*|export\s*[*{][^"';]*\bfrom\s*)["']([^"']*)["']/gm)].map(
    (match) => match[1] ?? "",
  );
  return !looksAround.test(text) && imported.every((name) => name === "gantry" || name.startsWith("."));
}

/** The files that are as they should be, when that can be told without reading the spec. */
export function unchangedSince(folder: string, spec: string, asked: unknown): Told | undefined {
  const known = read(folder);
  const made = madeOf(spec, asked);
  if (known === undefined || made === undefined || known.made !== made) return undefined;
  if (known.manifest !== fileDigest(path.join(folder, manifestName))) return undefined;
  if (!Object.entries(known.inputs).every(([file, digest]) => fileDigest(file) === digest)) return undefined;
  const manifest = readManifest(folder);
  if (manifest === undefined) return undefined;
  const executable = new Set(known.executable);
  for (const [name, digests] of manifest.files) {
    const file = path.join(folder, name);
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || ((stat.mode & 0o100) !== 0) !== executable.has(name)) return undefined;
    const text = readFileSync(file, "utf8");
    if (digests[0] !== digestOf(partOf(name, text) ?? text)) return undefined;
  }
  const changes = [...manifest.files.keys()].map((name): Change => ({
    path: name,
    is: "same",
    executable: executable.has(name),
  }));
  return { folder, product: manifest.product, changes, known: true, left: [], unwatched: known.unwatched };
}

export function remember(
  folder: string,
  spec: string,
  asked: unknown,
  {
    inputs,
    executable,
    unwatched,
  }: { readonly inputs: Inputs; readonly executable: readonly string[] } & Pick<Told, "unwatched">,
): void {
  const made = madeOf(spec, asked);
  const { digests } = inputs;
  const manifest = fileDigest(path.join(folder, manifestName));
  if (made === undefined || digests === undefined || manifest === undefined) return;
  const data: Remembered = { schemaVersion: 2, made, inputs: digests, manifest, executable, unwatched };
  const kept = path.join(folder, ".gantry");
  if (lstatSync(kept, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
  try {
    makeFolder(kept);
    const ignored = path.join(kept, ".gitignore");
    if (!existsSync(ignored)) writeWhole(ignored, "*\n", 0o644);
    writeWhole(fileOf(folder), JSON.stringify(data));
  } catch {
    // The files are written: what would have made the next run faster is missing, and nothing else.
  }
}

/** Leaves nothing of it, nor its folder where that has no other use. */
export function forget(folder: string): void {
  const kept = path.join(folder, ".gantry");
  if (lstatSync(kept, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  rmSync(fileOf(folder), { force: true });
  if (readdirSync(kept).every((name) => name === ".gitignore")) rmSync(kept, { recursive: true });
}

function fileOf(folder: string): string {
  return path.join(folder, ".gantry/synth.json");
}

/** What does not read as it should is as good as nothing. */
function read(folder: string): Remembered | undefined {
  try {
    const data = JSON.parse(readFileSync(fileOf(folder), "utf8")) as Partial<Remembered>;
    return data.schemaVersion === 2 && data.inputs && Array.isArray(data.executable) && Array.isArray(data.unwatched?.alerts)
      ? (data as Remembered)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where this Gantry cannot tell itself from another. */
function madeOf(spec: string, asked: unknown): string | undefined {
  const stamp = fileURLToPath(new URL("../.built-from", import.meta.url));
  if (!existsSync(stamp)) return undefined;
  const modules = readdirSync(libraryFolder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const { size, mtimeMs } = lstatSync(path.join(entry.parentPath, entry.name));
    return [`${entry.parentPath}/${entry.name} ${size} ${mtimeMs}`];
  });
  return digestOf(JSON.stringify([readFileSync(stamp, "utf8"), modules.toSorted(), path.resolve(spec), asked]));
}

function fileDigest(file: string): string | undefined {
  return existsSync(file) ? digestOf(readFileSync(file)) : undefined;
}
